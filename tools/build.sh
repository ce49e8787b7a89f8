#!/usr/bin/env bash
# Builds the package into install/av_capture, as `colcon build` does by hand.
set -euo pipefail

# One at a time in one tree. The lock ends with this process, which is why
# nothing that it starts inherits it.
exec 9<"${BASH_SOURCE[0]}"
flock --nonblock 9 || { echo "build: waiting for another one" && flock 9; }

tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$tools/setup/underlay.sh"
cd "$top"
enter_underlay

# A build on another ROS 2 does not fit this one.
underlay=${AMENT_PREFIX_PATH#"$interfaces:"}
built_on=build/.underlay
if [[ -f $built_on && $(<"$built_on") != "$underlay" ]]; then
	echo "build: another ROS 2 than before: building anew"
	rm -rf build install src/msgs
fi
# Nor does one of another folder: this one was moved, or is mounted into a container.
built_in=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' build/av_capture/CMakeCache.txt 2>/dev/null || true)
if [[ -n $built_in && ! $built_in -ef $top ]]; then
	echo "build: in $built_in before: building anew"
	rm -rf build install src/msgs
fi
mkdir -p build
echo "$underlay" >"$built_on"
# With messages of others or without: CMake looks again.
configure=()
built_with=build/.interfaces
if [[ ! -f $built_with || $(<"$built_with") != "$AMENT_PREFIX_PATH" ]]; then
	configure=(--cmake-force-configure)
fi

if [[ -d vendor ]]; then
	echo "build: Go modules are those of make vendor"
else
	echo "build: fetching Go modules"
	go mod download 9<&-
fi
if [[ -x build/av_capture/bin/av_capture ]]; then
	echo "build: colcon"
else
	echo "build: colcon (the first time a few minutes, for the C code in gocv and malgo)"
fi
colcon --log-base log build --base-paths . --event-handlers console_cohesion- "${configure[@]}" 9<&-
echo "$AMENT_PREFIX_PATH" >"$built_with"
