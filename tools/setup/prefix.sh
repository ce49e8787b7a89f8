#!/usr/bin/env bash
# Writes setup.bash, local_setup.bash and so on into a ROS 2 of wheels, which
# has none, so that it is sourced as every ROS 2 is, and so that the
# install/setup.bash of colcon finds it as the layer below.
#
#   tools/setup/prefix.sh PREFIX DISTRO
set -euo pipefail

prefix=$1
distro=$2
site=$("$prefix/bin/python3" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')

cat >"$prefix/local_setup.sh" <<EOF
# Made by tools/setup/prefix.sh. For sh, bash and zsh.
_av_capture_prefix='$prefix'

# _av_capture_prepend NAME DIRECTORY puts DIRECTORY first in the list \$NAME,
# unless it is in there.
_av_capture_prepend() {
	eval "_av_capture_list=\\\${\$1:-}"
	case ":\$_av_capture_list:" in
	*":\$2:"*) ;;
	*) eval "export \$1=\\"\$2\\\${_av_capture_list:+:\\\$_av_capture_list}\\"" ;;
	esac
}

_av_capture_prepend AMENT_PREFIX_PATH "\$_av_capture_prefix"
_av_capture_prepend CMAKE_PREFIX_PATH "\$_av_capture_prefix"
_av_capture_prepend LD_LIBRARY_PATH "\$_av_capture_prefix/lib"
_av_capture_prepend PATH "\$_av_capture_prefix/bin"
_av_capture_prepend PYTHONPATH '$site'
export ROS_DISTRO=$distro ROS_VERSION=2 ROS_PYTHON_VERSION=3

# rcl ends every process that asks for a middleware which it is not linked to. Who loads
# another one into each process knows why.
case "\${RMW_IMPLEMENTATION:-rmw_fastrtps_cpp}:\${LD_PRELOAD:-}" in
rmw_fastrtps_cpp:* | *:*"\${RMW_IMPLEMENTATION:-}"*) ;;
*)
	echo "RMW_IMPLEMENTATION=\$RMW_IMPLEMENTATION is left out: this ROS 2 has rmw_fastrtps_cpp alone" >&2
	unset RMW_IMPLEMENTATION
	;;
esac

unset _av_capture_prefix _av_capture_list
unset -f _av_capture_prepend
EOF

for shell in bash zsh; do
	echo ". '$prefix/local_setup.sh'" >"$prefix/local_setup.$shell"
	echo ". '$prefix/local_setup.sh'" >"$prefix/setup.$shell"
done
echo ". '$prefix/local_setup.sh'" >"$prefix/setup.sh"
