#!/usr/bin/env bash
# Builds, lints and runs every test; every part runs even if one before it
# failed. The end says which did.
#
# The tests of pure Go run under the race detector; those that need C run twice,
# once with the checks of GOEXPERIMENT=cgocheck2 on what Go hands to C.
set -uo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$tools/.." || exit 1

# No other ROS on this machine hears the tests, unless the caller chose so.
export ROS_DOMAIN_ID=${ROS_DOMAIN_ID:-$((1 + $$ % 100))}
export ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST

notes=$(mktemp -d)
background=
trap 'rm -rf "$notes"; [[ -z $background ]] || kill "$background" 2>/dev/null' EXIT

# part NAME COMMAND… runs a part and notes how it ended.
part() {
	local name=$1 start=$SECONDS verdict=ok
	shift
	echo
	echo "=== $name"
	"$@" || verdict=FAILED
	printf '%-7s %s (%d s)\n' "$verdict" "$name" $((SECONDS - start)) >>"$notes/summary"
}

# packages pure|cgo|sound prints the module's packages that do without C, that
# need it, or whose tests need a sound server too.
packages() {
	local kind=$1 cgo
	cgo=$(go list -deps -f '{{if and .CgoFiles (not .Standard)}}{{.ImportPath}}{{end}}' ./...) || return
	go list -f '{{.ImportPath}} {{join .Deps " "}}' ./... |
		awk -v kind="$kind" -v cgo="$cgo" '
			BEGIN { for (i = split(cgo, names, "\n"); i > 0; i--) is_cgo[names[i]] = 1 }
			/^av_capture\/src\/msgs\// { next }
			{
				found = "pure"
				for (i = 1; i <= NF; i++) if ($i in is_cgo) found = "cgo"
				if ($1 ~ /\/(acquire\/microphone|playback\/speaker)$/) found = "sound"
				if (found == kind) print $1
			}'
}

# go_test MODULE KIND FLAG… tests the packages of a kind. Those with C run one
# at a time, and always: Go's cache of results does not see libraries and
# devices.
go_test() {
	local module=$1 kind=$2 names
	shift 2
	cd "$module" || return
	names=$(packages "$kind") || return
	# Import paths have no spaces.
	# shellcheck disable=SC2086
	go test "$@" $names
}

# in_environment COMMAND… runs a command as a user would run it after sourcing.
in_environment() (
	# shellcheck source=tools/environment.sh
	. "$tools/environment.sh" && "$@"
)

# cgocheck COMMAND… does so with the checks on what Go hands to C.
cgocheck() {
	GOEXPERIMENT=cgocheck2 in_environment "$@"
}

# sound_parts runs the tests that wait for sound most of the time.
sound_parts() {
	part "microphone" in_environment go_test . sound -count=1
	part "microphone, cgocheck2" cgocheck go_test . sound -count=1
}

part "set-up" "$tools/setup.sh" test
part "build" "$tools/build.sh"
part "lint" "$tools/lint.sh"
part "pure Go, race detector" in_environment go_test . pure -race
part "rclgo, pure Go, race detector" in_environment go_test src/rclgo pure -race
part "rclgo" in_environment go_test src/rclgo cgo -count=1 -p=1
part "av_capture" in_environment go_test . cgo -count=1 -p=1
part "rclgo, cgocheck2" cgocheck go_test src/rclgo cgo -count=1 -p=1
part "av_capture, cgocheck2" cgocheck go_test . cgo -count=1 -p=1

# In the background, in a domain of their own; all that takes a compiler long is
# compiled by now.
ROS_DOMAIN_ID=$((ROS_DOMAIN_ID + 1)) sound_parts >"$notes/sound.log" 2>&1 &
background=$!
# Two runs, since each has a conftest.py.
part "rclgo and rclpy" in_environment python3 -m pytest -p no:cacheprovider src/rclgo/test
part "av_capture and rclpy" in_environment python3 -m pytest -p no:cacheprovider test
wait "$background"
background=
cat "$notes/sound.log"

part "camera and sound card" "$tools/devices.sh"

passed=$(grep -c '^ok' "$notes/summary")
failed=$(grep -c '^FAILED' "$notes/summary")
echo
echo "=== summary"
cat "$notes/summary"
[[ ${SKIP_DEVICES:-} != 1 ]] || echo "        NOT TESTED: camera and sound card (SKIP_DEVICES=1)"
echo "$passed passed, $failed failed"
((failed == 0))
