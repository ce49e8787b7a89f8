#!/usr/bin/env bash
# Measures the installed executable through rclpy, on the default transport and
# on ours, then runs the Go benchmarks, with allocations. Writes
# build/bench/report.md and .json. Arguments are quick (a few minutes) and
# memory (resident memory over ten minutes too).
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
cd "$top"
python3 tools/bench --folder "$top/build/bench" "$@"
for module in "$top" "$top/src/rclgo"; do
	cd "$module"
	mapfile -t packages < <(go list ./... | grep -v /src/msgs/)
	go test -run '^$' -bench . -benchmem -p 1 "${packages[@]}"
done
