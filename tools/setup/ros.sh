#!/usr/bin/env bash
# Puts a ROS 2 of Python wheels into .deps/ros-$DISTRO, an ament prefix that is
# a virtual environment of Python too. DISTRO is jazzy (the default) or kilted.
#
# The environment is made in one go: one that was interrupted, or whose inputs
# have changed, is made anew, from the downloads that pip keeps.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tools/setup/underlay.sh
. "$here/underlay.sh"

distro=${DISTRO:-jazzy}
prefix=$(own_prefix)
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
	sha256sum ros.sh mend.sh prefix.sh "$requirements"
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

# progress prints a line for every 25 lines like "Collecting ros-rcl==…".
progress() {
	local total=$1 count=0 line
	while read -r line; do
		echo "$line" >>"$log"
		[[ $line == Collecting\ * ]] || continue
		count=$((count + 1))
		((count % 25)) || echo "setup: ROS 2: $count of $total wheels fetched"
	done
}

total=$(grep -c == "$requirements")
echo "setup: ROS 2 $distro: $total wheels into $prefix (250 MB, a minute or two)"
rm -rf "$prefix"
"$python" -m venv "$prefix" >>"$log" 2>&1 || fail "no virtual environment could be made"

pip=("$prefix/bin/python3" -m pip --disable-pip-version-check install --progress-bar off --no-deps)
# EmPy comes as source only and is built by this setuptools.
"${pip[@]}" "$(grep '^setuptools==' "$requirements")" >>"$log" 2>&1 || fail "pip failed"
"${pip[@]}" --no-build-isolation --requirement "$requirements" 2>>"$log" | progress "$total" || fail "pip failed"

echo "setup: ROS 2: mending the wheels"
"$here/mend.sh" "$prefix" >>"$log" 2>&1 || fail "mend.sh failed"
"$here/prefix.sh" "$prefix" "$distro" >>"$log" 2>&1 || fail "prefix.sh failed"

echo "$inputs" >"$stamp"
echo "setup: ROS 2 $distro: done"
