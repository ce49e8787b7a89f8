#!/usr/bin/env bash
# Packs what is built as a Debian package, for machines with the system and the ROS 2 of this
# one and without a compiler: see doc/packaging.md.
set -euo pipefail

# shellcheck source=tools/setup/underlay.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup/underlay.sh"
enter_underlay # and no more, as for the build: CMake goes on with what it found then

for needed in file:file dpkg-shlibdeps:dpkg-dev; do
	if ! command -v "${needed%:*}" >/dev/null; then
		echo "deb: ${needed%:*} is missing: apt-get install ${needed#*:}" >&2
		exit 1
	fi
done
config=$top/build/av_capture/CPackConfig.cmake
if [[ ! -f $config ]]; then
	echo "deb: nothing is built: run make deb, or make build before" >&2
	exit 1
fi
folder=$top/build/deb
rm -rf "$folder"
log=$top/build/deb.log
if ! cpack --config "$config" -B "$folder" >"$log" 2>&1; then
	echo "deb: cpack failed; the end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
fi
rm -rf "$folder/_CPack_Packages"
ls "$folder"/*.deb
