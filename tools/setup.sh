#!/usr/bin/env bash
# Brings this machine to where the package can be built: what Debian has, a
# ROS 2, and Go.
#
#   tools/setup.sh          for make build and make run
#   tools/setup.sh test     also what make test needs, which takes no network from then on
#
# SKIP_DEVICES=1 and DEVICES=real leave out the guest, as for tools/devices.sh. What
# is there is used. With a ROS 2 installation sourced nothing is installed. Otherwise
# Debian packages come from apt-get, all else goes into .deps. Repeat it as often as
# you like: what is done already takes no time, and what was interrupted is taken up
# again.
set -euo pipefail

# One at a time in one tree. The lock ends with this process, which is why
# nothing that it starts inherits it.
exec 9<"${BASH_SOURCE[0]}"
flock --nonblock 9 || { echo "setup: waiting for another one" && flock 9; }

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$tools/setup/underlay.sh"

purposes=(build)
case ${1:-} in
'') ;;
test) purposes+=(test) ;;
*)
	echo "usage: $0 [test]" >&2
	exit 2
	;;
esac

# set_up_test sets up what tests need beside the Debian packages.
set_up_test() {
	local fetched=0
	"$tools/setup/interfaces.sh"
	"$tools/setup/modules.sh"
	if [[ ${SKIP_DEVICES:-} != 1 && ${DEVICES:-virtual} == virtual ]]; then
		"$tools/guest/build.sh" fetch || fetched=$?
		# That there is no guest for this machine is for tools/devices.sh to tell.
		((fetched == 0 || fetched == 3)) || exit "$fetched"
	fi
}

if underlay=$(sourced_underlay); then
	"$tools/setup/go.sh" check 9<&-
	echo "setup: ROS 2 ${ROS_DISTRO:-} in $underlay is sourced: used as it is, nothing installed"
	[[ ${1:-} != test ]] || set_up_test 9<&-
	exit 0
fi

# The ROS 2 of wheels, before anything is installed for it.
machine=$(uname -m)
if [[ $machine != x86_64 && ! -f $(own_prefix)/.complete ]]; then
	{
		echo "setup: no ROS 2 is sourced. The one that would be fetched is for x86_64 alone, and this machine is $machine"
		shopt -s nullglob
		sourceable=(/opt/ros/*/setup.bash)
		if ((${#sourceable[@]} > 0)); then
			echo "setup: source the one that is installed: source ${sourceable[0]}"
		else
			echo "setup: install one and source it. Ubuntu 24.04 has ROS 2 Jazzy for arm64: the packages ros-jazzy-ros-base, ros-dev-tools and golang-go, then source /opt/ros/jazzy/setup.bash"
		fi
		echo "setup: doc/platforms.md says what runs where"
	} >&2
	exit 1
fi

"$tools/setup/debian.sh" "${purposes[@]}" 9<&-
"$tools/setup/ros.sh" 9<&-
"$tools/setup/go.sh" install 9<&-
[[ ${1:-} != test ]] || set_up_test 9<&-
