#!/usr/bin/env bash
# Copies the Go modules that the package is made of into vendor and src/rclgo/vendor,
# so that it builds without a network: see doc/packaging.md.
set -euo pipefail

# shellcheck source=tools/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

for module in "$top" "$top/src/rclgo"; do
	go -C "$module" mod vendor
	echo "vendor: $module/vendor"
done
echo "vendor: Go takes its modules from there now, src/rclgo as it is now too; make unvendor ends this"
