#!/usr/bin/env bash
# The small loop: format, vet, ruff, pure Go under the race detector, and a handful
# of tests of the installed executables. `make test` runs everything.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tools/test/parts.sh
. tools/test/parts.sh

part "lint" "$tools/lint.sh" quick
part "pure Go, race detector" in_environment go_test . pure -race
part "rclgo, pure Go, race detector" in_environment go_test src/rclgo pure -race
part "av_capture and rclpy" in_environment rclpy_test_by_two -m check test
summary
