# shellcheck shell=bash
# The ROS 2 below this package: is one sourced, or is it the one in .deps?
# To be sourced by bash; defines functions, and the folders top, deps and
# interfaces.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
deps=$top/.deps
interfaces=$deps/interfaces # what setup/interfaces.sh builds

# own_prefix prints where setup/ros.sh puts the ROS 2 of $DISTRO: by default the
# one that the package is built on, else Jazzy.
own_prefix() {
	local built_on
	if [[ -z ${DISTRO:-} && -f $top/build/.underlay ]]; then
		built_on=$(<"$top/build/.underlay")
		if [[ $built_on == "$deps"/ros-* ]]; then
			echo "$built_on"
			return
		fi
	fi
	echo "$deps/ros-${DISTRO:-jazzy}"
}

# without_own prints the colon-separated list $1 without what lies in this
# project's .deps and install folders, and without empty entries.
without_own() {
	local entry kept='' entries
	IFS=: read -r -a entries <<<"$1"
	for entry in "${entries[@]}"; do
		case $entry in
		'' | "$deps"/* | "$top"/install | "$top"/install/*) ;;
		*) kept+=${kept:+:}$entry ;;
		esac
	done
	echo "$kept"
}

# sourced_underlay prints the prefix of the ROS 2 that the user has sourced, and
# fails where there is none but ours.
sourced_underlay() {
	local prefix prefixes
	IFS=: read -r -a prefixes <<<"$(without_own "${AMENT_PREFIX_PATH:-}")"
	for prefix in "${prefixes[@]}"; do
		if [[ -d $prefix/share/rcl ]]; then
			echo "$prefix"
			return
		fi
	done
	return 1
}

# enter_underlay puts the ROS 2 and the Go that the package is built with into
# the environment, and nothing else of this project: with a build for another
# DISTRO sourced, both would be in the way of each other.
enter_underlay() {
	local name
	for name in AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH LD_LIBRARY_PATH PATH PYTHONPATH; do
		export "$name=$(without_own "${!name:-}")"
	done
	if ! sourced_underlay >/dev/null; then
		if [[ ! -f $(own_prefix)/.complete ]]; then
			echo "$top: no ROS 2 is sourced, and none is set up: run make build" >&2
			return 1
		fi
		# shellcheck source=/dev/null
		. "$(own_prefix)/setup.bash"
	fi
	if [[ -f $deps/go/.complete ]]; then
		PATH=$deps/go/bin:$PATH
	fi
	if [[ -z ${WITHOUT_INTERFACES:-} && -f $interfaces/.complete && $(head -n 1 "$interfaces/.complete") == "$AMENT_PREFIX_PATH" ]]; then
		enter_interfaces
	fi
	# No packet leaves the machine unless the user says otherwise.
	export ROS_AUTOMATIC_DISCOVERY_RANGE=${ROS_AUTOMATIC_DISCOVERY_RANGE:-LOCALHOST}
}

# enter_interfaces puts the messages of others in front, which were built on the ROS 2 that
# is sourced. WITHOUT_INTERFACES is for who wants none of them.
enter_interfaces() {
	local packages
	AMENT_PREFIX_PATH=$interfaces:$AMENT_PREFIX_PATH
	CMAKE_PREFIX_PATH=$interfaces${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}
	LD_LIBRARY_PATH=$interfaces/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
	for packages in "$interfaces"/lib/python3*/*-packages; do
		PYTHONPATH=$packages${PYTHONPATH:+:$PYTHONPATH}
	done
}
