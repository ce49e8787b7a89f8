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
#                   taken. Cases that real devices cannot do are named and left out.
#   SKIP_DEVICES=1  says what is not tested, and succeeds. So it is on another processor
#                   than x86_64, and with a kernel package without these devices, but not
#                   in CI (CI=true).
#   SILENCE=600     seconds without a word after which a guest hangs and is ended;
#                   more where AV_CAPTURE_TEST_SECONDS or _UNPLUGS make a case longer.
set -euo pipefail

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$tools/.."
cases=(test/devices/test_*.py)

# leave_out says why nothing is tested, and what.
leave_out() {
	{
		echo '!!!'
		echo "!!! $1: the camera and the sound card are NOT TESTED. Not run:"
		sed -n 's/^def \(test_[a-z0-9_]*\).*/!!!   \1/p' "${cases[@]}"
		echo '!!!'
	} >&2
	mkdir -p log/devices
	echo "$1" >log/devices/not_tested
	exit 0
}
rm -f log/devices/not_tested
[[ ${SKIP_DEVICES:-} != 1 ]] || leave_out 'SKIP_DEVICES=1'

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
binary=build/v4l2.test
if [[ ${DEVICES:-virtual} == virtual ]]; then
	go test -c -o "$binary" ./src/internal/acquire/v4l2 || cannot "$binary cannot be built"
	command -v /lib/systemd/systemd-udevd >/dev/null || cannot 'missing Debian package: udev'
	# The USB webcam in software, and its pictures, which take the guest longer.
	CGO_ENABLED=0 go build -o build/webcam ./test/devices/webcam || cannot 'test/devices/webcam cannot be built'
	build/webcam pictures build/webcam_pictures || cannot 'no pictures for the webcam'
fi

out=log/devices
mkdir -p "$out"
rm -f "$out"/{junit.xml,reports.jsonl,hung.log}
# A case that is not over after three minutes says where it is. The files of one that passed go
# with it: the guest has them in its memory.
suite=(python3 -m pytest -p no:cacheprovider -v --tb=short --durations=3 -o faulthandler_timeout=180
	-o tmp_path_retention_policy=failed)

case ${DEVICES:-virtual} in
virtual)
	built=0
	"$tools/guest/build.sh" || built=$?
	# CI is of a kind that has the guest.
	((built != 3)) || [[ -n ${CI:-} ]] || leave_out 'There is no guest for this machine'
	((built == 0)) || cannot 'the guest cannot be built'
	export AV_CAPTURE_TEST_DEVICES=virtual
	# For the recorder of the cases that have ended.
	export PYTHONPATH=test/devices:${PYTHONPATH:-}
	for boot in first second; do
		"$tools/guest/run.sh" "$out" tools/guest/plug.sh \
			"${suite[@]}" -p rig.reports --reports=/out/reports.jsonl --junit-xml=/out/junit.xml \
			test/devices "$@" && exit
		status=$?
		# Tests that fail have a status of their own. An emulated machine that
		# stands still, seen once and not explained, has told nothing about
		# those that it has not ended: it is started once more, and no more.
		((status == 124)) || break
		ended=0
		[[ ! -f $out/reports.jsonl ]] || ended=$(wc -l <"$out/reports.jsonl")
		echo "devices: the guest hung in its $boot boot, after $ended cases" >&2
		if [[ $boot == first ]]; then
			mv "$out/console.log" "$out/hung.log"
			echo "devices: a second boot goes on with the others; $out/hung.log is of the first" >&2
		fi
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
