#!/usr/bin/env bash
# Captures with what is plugged in, or with synthetic devices where nothing is,
# prints what it captures, and shows it in the browser. Arguments go to the nodes, as in
#   tools/run.sh --nodes camera --ros-args -p camera:framerate:=15.0
# SIGINT, SIGTERM and SIGHUP end the nodes and the page, and are waited for.
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

# running reports whether a process has not been waited for.
running() { kill -0 "$1" 2>/dev/null; }

# finish ends both, whatever has ended the script. A signal ends wait early.
# shellcheck disable=SC2317 # called by the trap
finish() {
	trap '' INT TERM HUP
	kill "$view" "$nodes" 2>/dev/null || true
	while running "$view" || running "$nodes"; do
		wait "$view" "$nodes" || true
	done
}
trap finish EXIT

if [[ -t 0 ]]; then
	fg %% >/dev/null # a signal to the script alone ends it: one with a trap would wait
	exit
fi
for signal in INT TERM HUP; do
	# shellcheck disable=SC2064 # expanded now
	trap "kill -s $signal $nodes 2>/dev/null || true" "$signal"
done
status=0
while running "$nodes"; do
	wait "$nodes" && status=0 || status=$?
done
exit "$status"
