#!/usr/bin/env bash
# Fetches the Go modules of the tests and of staticcheck that are not there yet, with the
# toolchain that they ask for.
#
# With vendor/ nothing is fetched: staticcheck, which is not in it, is left to tools/lint.sh.
set -euo pipefail

# shellcheck source=tools/setup/underlay.sh
. "$(dirname "${BASH_SOURCE[0]}")/underlay.sh"
[[ ! -d $top/vendor ]] || exit 0
enter_underlay
unset GOFLAGS

for module in . src/rclgo tools/lint; do
	if ! GOPROXY=off go -C "$top/$module" mod download 2>/dev/null; then
		echo "setup: Go: fetching the modules of ${module/#./the package}"
		go -C "$top/$module" mod download
	fi
done
