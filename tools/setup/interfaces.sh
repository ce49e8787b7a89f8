#!/usr/bin/env bash
# Builds the packages of test/interfaces that the ROS 2 below this package lacks, into
# .deps/interfaces: messages of others, which the tests of what we publish in them need.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$here/underlay.sh"
WITHOUT_INTERFACES=yes enter_underlay

# lacks tells whether a package, or one of its messages, is not in this ROS 2.
lacks() {
	local source=$1 prefix message prefixes
	IFS=: read -r -a prefixes <<<"$AMENT_PREFIX_PATH"
	for prefix in "${prefixes[@]}"; do
		if [[ -d $prefix/share/${source##*/} ]]; then
			for message in "$source"/msg/*; do
				[[ -f $prefix/share/${source##*/}/msg/${message##*/} ]] || return 0
			done
			return 1
		fi
	done
}
missing=()
for source in "$top"/test/interfaces/*/; do
	source=${source%/}
	if lacks "$source"; then missing+=("$source"); fi
done
if ((${#missing[@]} == 0)); then
	rm -rf "$interfaces"
	exit 0
fi

inputs=$(
	echo "$AMENT_PREFIX_PATH" # enter_underlay reads this line
	cd "$top/test/interfaces"
	sha256sum "$here/interfaces.sh" messages.cmake
	find "${missing[@]##*/}" -type f -exec sha256sum {} + | sort
)
if [[ -f $interfaces/.complete && $(<"$interfaces/.complete") == "$inputs" ]]; then
	exit 0
fi

mkdir -p "$deps"
touch "$deps/COLCON_IGNORE"
rm -rf "$interfaces"
log=$deps/interfaces.log
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "setup: messages of others, for tests: ${missing[*]##*/}"
# Else colcon has make wait while the machine is busy with anything else.
if ! MAKEFLAGS=-j$(nproc) colcon --log-base "$work/log" build --paths "${missing[@]}" --build-base "$work/build" \
	--merge-install --install-base "$interfaces" >"$log" 2>&1; then
	echo "setup: messages of others: colcon failed; the end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
fi
echo "$inputs" >"$interfaces/.complete"
