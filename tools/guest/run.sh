#!/usr/bin/env bash
# Runs a command as root in the guest, and exits with its status.
#
#   tools/guest/run.sh OUT COMMAND [ARGUMENT…]
#
# The guest sees this machine's files under the same paths, and may write
# everywhere: it is gone when the guest ends, but for the folder OUT, which it
# sees as /out. There are afterwards:
#
#   console.log  what the guest said, which also comes on standard output
#   dmesg.log    what its kernel said
#
# A guest that hangs is ended (status 124): one that says nothing for SILENCE [s].
# As long as it says something it may take as long as it likes. Before its end it
# shows its processes, and where its kernel waits.
#
# QEMU_ARGUMENTS add devices. Status 125: the guest died. QEMU needs no root, and
# no hardware.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guest=$(cd "$here/../.." && pwd)/.deps/guest
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
silence=${SILENCE:-600}
answer=20 # [s] for a silent guest to show what holds it up

rm -f "$out"/{command,status,console.log,dmesg.log}
{
	# What sourcing ROS 2 and the package has set, and what the tests read; nothing
	# else of the caller's.
	for name in AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH LD_LIBRARY_PATH \
		PATH PYTHONPATH ROS_DISTRO ROS_VERSION ROS_PYTHON_VERSION \
		ROS_AUTOMATIC_DISCOVERY_RANGE RMW_IMPLEMENTATION AV_CAPTURE_TEST_DEVICES AV_CAPTURE_TEST_SECONDS AV_CAPTURE_TEST_UNPLUGS; do
		[[ -z ${!name+set} ]] || declare -p "$name"
	done
	# shellcheck disable=SC2016 # for the guest's shell
	echo 'PATH=$PATH:/usr/sbin:/sbin'
	# /lib/modules may be a link, or missing.
	echo "mkdir -p /lib/modules && mount --bind ${guest@Q}/modules/lib/modules /lib/modules"
	# This machine's own tests may be using its /tmp.
	echo "mkdir -m 1777 /run/tmp && export TMPDIR=/run/tmp"
	echo "cd ${PWD@Q}"
	# A line on the console asks a silent guest for what hangs.
	echo "(read -r _ && echo && ps -eo pid,ppid,stat,wchan:24,etimes,args"
	echo " echo w >/proc/sysrq-trigger; dmesg | tail -n 100) </dev/ttyS0 &"
	# Through a pipe, as programs write otherwise to a terminal.
	echo "${*@Q} 2>&1 | cat"
	# shellcheck disable=SC2016
	echo 'exit "${PIPESTATUS[0]}"'
} >"$out/command"

# One processor of 500 million instructions a second on the guest's own clock
# (1 ns << shift each): a busy host makes the guest late, and the guest's sound and
# images are not. With sleep=off the clock would run ahead while the guest waits.
# A comma in QEMU's options is written twice; QEMU_ARGUMENTS are several words.
#
# The processor has AVX2, as PCs since 2013 have: libraries take other code without it, so
# that instructions counted there would be nobody's. Left out are features that QEMU 7.2
# does not emulate, and erms: copies by it count as one instruction for each byte.
processor=Haswell-noTSX,-erms,-invpcid,-pcid,-tsc-deadline,-x2apic
set +e
# shellcheck disable=SC2086
"$here/watch.py" "$silence" "$answer" \
	qemu-system-x86_64 \
	-machine q35 -cpu "$processor" -smp 1 -m 3072 -accel tcg,thread=single,tb-size=512 -icount shift=1,sleep=on \
	-nodefaults -no-user-config -no-reboot -display none -serial stdio \
	-kernel "$guest/vmlinux" -initrd "$guest/first.cpio" \
	-append "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr no_timer_check random.trust_cpu=on audit=0 apparmor=0 selinux=0" \
	-fsdev "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap" \
	-device virtio-9p-pci,fsdev=host,mount_tag=host \
	-fsdev "local,id=out,path=${out//,/,,},security_model=none" \
	-device virtio-9p-pci,fsdev=out,mount_tag=out \
	${QEMU_ARGUMENTS:-} |
	sed -u 's/\r$//' | tee "$out/console.log"
ended=${PIPESTATUS[0]}
set -e

if [[ -f $out/status ]]; then
	exit "$(<"$out/status")"
fi
if ((ended == 124)); then
	why="the guest hung: ended after $silence s of silence"
else
	why="the guest died (QEMU's status $ended)"
	ended=125
fi
echo "guest: $why; the end of $out/console.log:" >&2
tail -n 200 "$out/console.log" >&2
exit "$ended"
