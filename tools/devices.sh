#!/usr/bin/env bash
# Runs the tests in test/devices on a camera and a sound card. Arguments go to
# pytest (-k lost, say).
#
# The devices are virtual ones of a virtual machine, which is built and started
# for it: see tools/guest. The tests' report, the guest's console and its
# kernel's log come out in log/devices.
#
#   DEVICES=real    takes this machine's own devices instead: as root, as they
#                   are unplugged. CAMERA=/dev/video0, SIZE=640x480 and
#                   SOUND=1,0 (card, device) choose; otherwise the first are
#                   taken. What real devices cannot do is named and left out.
#   SKIP_DEVICES=1  says what is not tested, and succeeds.
#   LIMIT=480       seconds after which a guest that hangs is ended.
set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$tools/.."
cases=(test/devices/test_*.py)

if [[ ${SKIP_DEVICES:-} == 1 ]]; then
	{
		echo '!!!'
		echo '!!! SKIP_DEVICES=1: the camera and the sound card are NOT TESTED. Not run:'
		sed -n 's/^def \(test_[a-z0-9_]*\).*/!!!   \1/p' "${cases[@]}"
		echo '!!!'
	} >&2
	exit 0
fi

# cannot says why there is no test.
cannot() {
	printf 'devices: %s\n' "$@" >&2
	echo 'devices: SKIP_DEVICES=1 leaves these tests out' >&2
	exit 1
}

"$tools/setup.sh" test || cannot 'the set-up failed'
# shellcheck source=tools/environment.sh
. "$tools/environment.sh"

missing=()
while read -r command package; do
	command -v "$command" >/dev/null || missing+=("$package")
done <<-'LIST'
	aplay alsa-utils
	v4l2-ctl v4l-utils
LIST
((${#missing[@]} == 0)) || cannot "missing Debian packages: ${missing[*]}"

# A package's own tests that need the virtual camera, for test/devices.
webcam=build/webcam.test
if [[ ${DEVICES:-virtual} == virtual ]]; then
	go test -c -o "$webcam" ./src/internal/acquire/webcam || cannot "$webcam cannot be built"
fi

out=log/devices
mkdir -p "$out"
rm -f "$out/junit.xml"
# What does not end within three minutes hangs, and says where; no case takes one.
suite=(python3 -m pytest -p no:cacheprovider -v --tb=short --durations=3 -o faulthandler_timeout=180)

case ${DEVICES:-virtual} in
virtual)
	"$tools/guest/build.sh" || cannot 'the guest cannot be built'
	export AV_CAPTURE_TEST_DEVICES=virtual
	status=0
	for boot in first second; do
		"$tools/guest/run.sh" "$out" tools/guest/plug.sh \
			"${suite[@]}" --junit-xml=/out/junit.xml test/devices "$@" && exit
		status=$?
		# Tests that fail have a status of their own. An emulated machine that
		# stands still, seen once and not explained, has told nothing about
		# them: it is started once more, and no more.
		((status == 124)) || break
		echo "devices: the guest hung in its $boot boot" >&2
	done
	exit "$status"
	;;
real)
	((EUID == 0)) || cannot 'DEVICES=real needs root, to unplug and to trace'
	export AV_CAPTURE_TEST_DEVICES=real AV_CAPTURE_TEST_CAMERA=${CAMERA:-/dev/video0} \
		AV_CAPTURE_TEST_SIZE=${SIZE:-640x480} AV_CAPTURE_TEST_SOUND=${SOUND:-}
	if [[ -z $AV_CAPTURE_TEST_SOUND ]]; then
		# As in "01-00: USB Audio : USB Audio : capture 1".
		AV_CAPTURE_TEST_SOUND=$(sed -n 's/^0*\([0-9][0-9]*\)-0*\([0-9][0-9]*\):.*capture.*/\1,\2/p' /proc/asound/pcm 2>/dev/null | head -n 1)
		[[ -n $AV_CAPTURE_TEST_SOUND ]] || cannot 'this machine has no sound card that captures'
	fi
	[[ -c $AV_CAPTURE_TEST_CAMERA ]] || cannot "this machine has no $AV_CAPTURE_TEST_CAMERA"
	[[ -d /sys/kernel/tracing/instances ]] || cannot 'tracefs is not mounted: mount -t tracefs tracefs /sys/kernel/tracing'
	echo "devices: $AV_CAPTURE_TEST_CAMERA at $AV_CAPTURE_TEST_SIZE, sound card $AV_CAPTURE_TEST_SOUND"
	exec "${suite[@]}" --junit-xml="$out/junit.xml" test/devices "$@"
	;;
*)
	cannot "DEVICES=$DEVICES is neither virtual nor real"
	;;
esac
