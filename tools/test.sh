#!/usr/bin/env bash
# Builds, lints and runs every test; every part runs even if one before it
# failed. The end says which did.
#
# The tests of pure Go run under the race detector; those that need C run twice,
# once as they are and once under the race detector, with the checks of
# GOEXPERIMENT=cgocheck2 on what Go hands to C.
#
# The guest with the camera and the sound card keeps a processor busy for as long as
# all that follows the build takes, most of which waits. It gives way to everything
# else: its clock is its own, so that nothing disturbs its tests.
#
# A slow machine takes as long as it takes: what a test waits for has a deadline,
# a part has none. Every minute it is said what runs.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tools/test/parts.sh
. tools/test/parts.sh

part "set-up" "$tools/setup.sh" test
part "build" "$tools/build.sh"
beside "camera and sound card" nice -n 10 "$tools/devices.sh"
part "lint" "$tools/lint.sh"
part "pure Go, race detector" in_environment go_test . pure -race
part "rclgo, pure Go, race detector" in_environment go_test src/rclgo pure -race
# Always: Go's cache of results does not see libraries and devices.
part "rclgo" in_environment go_test src/rclgo cgo -count=1
part "av_capture" in_environment go_test . cgo -count=1
part "fuzz" "$tools/fuzz.sh" short
part "rclgo, race detector, cgocheck2" cgocheck go_test src/rclgo cgo -race -count=1
part "av_capture, race detector, cgocheck2" cgocheck go_test . cgo -race -count=1
# Beside what waits most of the time.
beside "arm64" in_environment nice -n 10 "$tools/test/arm64.sh"
# Runs of their own, since each has a conftest.py.
part "rclgo and rclpy" in_environment rclpy_test src/rclgo/test
part "av_capture and rclpy" in_environment rclpy_test_by_two test --ignore=test/devices -m "not alone"
wait_beside
part "av_capture and rclpy, alone" in_environment rclpy_test test --ignore=test/devices -m alone
if [[ -f log/devices/not_tested ]]; then
	echo "        NOT TESTED: camera and sound card ($(<log/devices/not_tested))" >>"$notes/summary"
fi
echo
echo "=== slowest tests"
"$tools/test/slowest.py" "$notes/durations"
summary
