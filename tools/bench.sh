#!/usr/bin/env bash
# Runs the benchmarks, with allocations. Arguments go to `go test`, as in
#   tools/bench.sh -count=5
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"
for module in "$top" "$top/src/rclgo"; do
	cd "$module"
	mapfile -t packages < <(go list ./... | grep -v /src/msgs/)
	go test -run '^$' -bench . -benchmem -p 1 "$@" "${packages[@]}"
done
