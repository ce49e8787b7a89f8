#!/usr/bin/env bash
# Captures with what is plugged in, or with synthetic devices where nothing is,
# prints what it captures, and shows it in the browser. Arguments go to the nodes, as in
#   tools/run.sh --nodes camera --ros-args -p camera:framerate:=15.0
# SIGINT, SIGTERM and SIGHUP end the nodes and the page, for which the script waits.
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# Nodes and page each get a process group of their own. At a terminal Ctrl-C goes to
# that of the nodes: they end cleanly, and make sees their exit status instead of an
# interrupt of its own.
set -m
programs=$top/install/av_capture/lib/av_capture

# The page is for who looks: capture goes on without it.
"$programs/av_view" &
view=$!
"$programs/av_capture" --demo \
	--ros-args --params-file "$top/config/av_capture.yaml" -- "$@" &
nodes=$!

# finish ends both, whatever has ended the script.
# shellcheck disable=SC2317 # called by the trap
finish() {
	trap '' INT TERM HUP
	kill "$view" "$nodes" 2>/dev/null || true
	kill -s CONT -- "-$nodes" 2>/dev/null || true # Ctrl-Z stops their group
	wait -f "$view" "$nodes" 2>/dev/null || true # fg has waited for those that have ended
}
trap finish EXIT

if [[ -t 0 ]]; then
	# Signals have no trap here: bash would run it only after fg. Standard error is what
	# bash takes for the terminal.
	fg %% >/dev/null 2>&0
	exit
fi
for signal in INT TERM HUP; do
	# shellcheck disable=SC2064 # expanded now
	trap "signalled=1; kill -s $signal $nodes 2>/dev/null || true" "$signal"
done
while
	signalled='' status=0
	wait -f "$nodes" || status=$?
	[[ $signalled ]] # then wait may have ended before the nodes
do :; done
exit "$status"
