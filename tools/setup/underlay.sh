# shellcheck shell=bash
# The ROS 2 below this package: is one sourced, or is it the one in .deps?
# To be sourced; defines functions only.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
deps=$top/.deps

# own_prefix prints where setup/ros.sh puts the ROS 2 of $DISTRO.
own_prefix() {
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
