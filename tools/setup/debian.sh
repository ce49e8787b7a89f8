#!/usr/bin/env bash
# Installs the Debian packages of debian-build.txt, debian-test.txt, ... that
# are missing.
#
#   tools/setup/debian.sh build [test]
#
# Without root it says which packages are missing and how to get them, and
# fails.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
deps=$here/../../.deps

if ! command -v dpkg-query >/dev/null; then
	echo "setup: this is neither Debian nor Ubuntu: source a ROS 2 installation first," >&2
	echo "setup: and install what $here/debian-*.txt name" >&2
	exit 1
fi

# wanted prints the lines of the lists, without comments. A line "debian: a" is for that
# distribution alone, by its ID in /etc/os-release.
wanted() {
	local purpose distribution
	distribution=$(sed -n 's/^ID=//p' /etc/os-release)
	for purpose in "$@"; do
		sed "s/#.*//; s/[[:space:]]*\$//; s/^$distribution: *//; /^[a-z]*:/d; /^\$/d" "$here/debian-$purpose.txt"
	done
}

# installed holds the names of all packages that are there and whole.
declare -A installed
while read -r name status; do
	[[ $status == ii ]] && installed[${name%:*}]=yes
done < <(dpkg-query --show --showformat='${binary:Package} ${db:Status-Abbrev}\n')

# known reports whether this release has a package, as far as the lists tell.
known() {
	apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

missing=()
unknown=() # of those that not every release has
while read -r alternatives; do
	there=
	for name in ${alternatives//[|?]/ }; do
		[[ -n ${installed[$name]:-} ]] && there=yes
	done
	if [[ -n $there ]]; then
		continue
	elif [[ $alternatives == *" ?" ]] && ! known "${alternatives% ?}"; then
		unknown+=("${alternatives% ?}")
	else
		missing+=("${alternatives% \?}")
	fi
done < <(wanted "$@")

if ((${#missing[@]} == 0)); then
	exit 0
fi

# chosen prints, of each "a | b", the one that this release has.
chosen() {
	local alternatives name
	for alternatives in "$@"; do
		for name in ${alternatives//|/ }; do
			if known "$name"; then
				break
			fi
		done
		echo "$name"
	done
}

if ((EUID != 0)); then
	mapfile -t names < <(chosen "${missing[@]}")
	echo "setup: missing Debian packages, and no root to install them. As root:" >&2
	echo "  apt-get update && apt-get install --no-install-recommends ${names[*]}" >&2
	exit 1
fi

mkdir -p "$deps"
log=$deps/apt.log
: >"$log"
run() {
	if ! DEBIAN_FRONTEND=noninteractive "$@" >>"$log" 2>&1 </dev/null; then
		echo "setup: $* failed; the end of $log:" >&2
		tail -n 20 "$log" >&2
		exit 1
	fi
}

# An earlier run that was interrupted may have left packages half configured.
[[ -z $(dpkg --audit) ]] || run dpkg --configure -a

echo "setup: Debian: reading the package lists"
run apt-get update
mapfile -t names < <(chosen "${missing[@]}")
for name in "${unknown[@]}"; do
	! known "$name" || names+=("$name")
done
echo "setup: Debian: installing ${names[*]}"
run apt-get install --yes --no-install-recommends "${names[@]}"
