#!/usr/bin/env bash
# Puts a ROS 2 of Python wheels into .deps/ros-$DISTRO, an ament prefix that is
# a virtual environment of Python too. DISTRO is jazzy (the default) or kilted.
#
# Downloads are kept until all is done, so that an interrupted run goes on where
# it was. The environment itself is made in one go, and anew when it was
# interrupted or when its inputs have changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$here/underlay.sh"

prefix=$(own_prefix)
distro=${prefix##*/ros-}
requirements=$here/requirements-$distro.txt
stamp=$prefix/.complete
# Debian's own Python, whatever else comes first on PATH: its headers are those
# of python3-dev, and the wheels know its ABI.
python=/usr/bin/python3

if [[ ! -f $requirements ]]; then
	echo "setup: DISTRO=$distro is not known; there are:" "$(cd "$here" && ls requirements-*.txt)" >&2
	exit 1
fi

inputs=$(
	cd "$here"
	echo "$prefix"
	readlink -f "$python"
	sha256sum mend.sh prefix.sh "$requirements"
)
if [[ -f $stamp && $(<"$stamp") == "$inputs" ]]; then
	exit 0
fi

if [[ -d /opt/ros ]]; then
	echo "setup: ROS 2: not sourced, though there is" /opt/ros/*/setup.bash "(source it first to use it instead)"
fi

mkdir -p "$deps"
touch "$deps/COLCON_IGNORE"
log=$deps/ros-$distro.log
: >"$log"

# fail shows the end of the log.
fail() {
	echo "setup: ROS 2: $1; the end of $log:" >&2
	tail -n 20 "$log" >&2
	exit 1
}

wheels=$deps/wheels-$distro
mkdir -p "$wheels"
mapfile -t pins < <(grep '==' "$requirements")
echo "setup: ROS 2 $distro: ${#pins[@]} wheels into $prefix (400 MB, a minute or two)"
rm -rf "$prefix"
"$python" -m venv "$prefix" >>"$log" 2>&1 || fail "no virtual environment could be made"

pip() {
	"$prefix/bin/python3" -m pip --disable-pip-version-check "$@" --progress-bar off --no-deps >>"$log" 2>&1 ||
		fail "pip failed"
}
# fetch PIN… sets portion to a folder with these wheels, fetched unless it is there. One
# that is there is whole: it gets its name last.
fetch() {
	portion=$wheels/$(printf '%s\n' "$(readlink -f "$python")" "$@" | sha256sum | cut -c 1-16)
	if [[ ! -d $portion ]]; then
		rm -rf "$wheels/part"
		pip download --dest "$wheels/part" --no-build-isolation "$@"
		mv "$wheels/part" "$portion"
	fi
}
# EmPy comes as source only and is built by this setuptools.
builder=$(grep '^setuptools==' "$requirements")
fetch "$builder"
pip install --no-index --find-links "$portion" "$builder"
portions=()
for ((i = 0; i < ${#pins[@]}; i += 20)); do
	fetch "${pins[@]:i:20}"
	portions+=(--find-links "$portion")
	echo "setup: ROS 2: $((i + 20 < ${#pins[@]} ? i + 20 : ${#pins[@]})) of ${#pins[@]} wheels fetched"
done
pip install --no-index "${portions[@]}" --no-build-isolation "${pins[@]}"

echo "setup: ROS 2: mending the wheels"
"$here/mend.sh" "$prefix" >>"$log" 2>&1 || fail "mend.sh failed"
"$here/prefix.sh" "$prefix" "$distro" >>"$log" 2>&1 || fail "prefix.sh failed"

echo "$inputs" >"$stamp"
rm -rf "$wheels"
echo "setup: ROS 2 $distro: done"
