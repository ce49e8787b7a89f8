# shellcheck shell=bash
# The environment in which the package is run and tested once it is built: ROS 2
# (the one that is sourced, else that in .deps), the package, Go and the flags
# for cgo. To be sourced by bash: `. tools/environment.sh`.

# shellcheck source=tools/setup/underlay.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/underlay.sh"

if enter_underlay; then
	for file in "$top/install/local_setup.bash" "$top/build/av_capture/go_environment.sh"; do
		if [[ ! -f $file ]]; then
			echo "$file is missing: run make build" >&2
			break
		fi
		# colcon's files fail with `set -u`.
		case $- in
		*u*)
			set +u
			# shellcheck source=/dev/null
			. "$file"
			set -u
			;;
		*)
			# shellcheck source=/dev/null
			. "$file"
			;;
		esac
	done
	unset file
fi
