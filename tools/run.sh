#!/usr/bin/env bash
# Captures with what is plugged in, or with synthetic devices where nothing is,
# prints what it captures, and shows it in the browser. Arguments go to the nodes, as in
#   tools/run.sh --nodes camera --ros-args -p camera:framerate:=15.0
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

# At a terminal the nodes get a process group of their own, which Ctrl-C goes
# to: they end cleanly, and make sees their exit status instead of an interrupt
# of its own.
if [[ -t 0 ]]; then
	set -m
fi
programs=$top/install/av_capture/lib/av_capture

# The page is for who looks: capture goes on without it.
"$programs/av_view" &
view=$!
trap 'kill "$view" 2>/dev/null && wait "$view" || true' EXIT

"$programs/av_capture" --demo \
	--ros-args --params-file "$top/config/av_capture.yaml" -- "$@"
