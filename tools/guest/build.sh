#!/usr/bin/env bash
# Makes the guest's kernel and first file system in .deps/guest, of the packages of
# Debian or Ubuntu.
#
#   tools/guest/build.sh          fetches the packages and makes the guest
#   tools/guest/build.sh fetch    fetches them only: then the other needs no network
#
# Those of the kernel and of its headers are fetched and unpacked
# and never installed: this machine's start is not touched, and no root is needed.
# v4l2loopback is compiled from the distribution's source of it, without DKMS. What is
# there is used; what was interrupted is done again.
#
# When it cannot, it says why and fails. Status 3: this machine or its distribution has
# no such guest.
set -euo pipefail

case ${1:-} in
'' | fetch) ;;
*)
	echo "usage: $0 [fetch]" >&2
	exit 2
	;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
guest=$top/.deps/guest
PATH=$PATH:/usr/sbin:/sbin # depmod, for those who are not root

# cannot says what is missing.
cannot() {
	printf 'guest: %s\n' "$@" >&2
	exit 1
}

# never says why there is no guest for this machine.
never() {
	printf 'guest: %s\n' "$@" >&2
	exit 3
}

[[ $(uname -m) == x86_64 ]] || never "the guest is an x86_64, this machine is $(uname -m)"
command -v apt-get >/dev/null || never "the guest is made of packages of Debian or Ubuntu, and there is no apt-get"
missing=()
while read -r command package; do
	command -v "$command" >/dev/null || missing+=("$package")
done <<-'LIST'
	busybox busybox-static
	cpio cpio
	depmod kmod
	dpkg-deb dpkg
	gcc gcc
	make make
	python3 python3
	qemu-system-x86_64 qemu-system-x86
LIST
((${#missing[@]} == 0)) || cannot "missing Debian packages: ${missing[*]}"

inputs=$(cd "$here" && sha256sum build.sh init modules.txt unpack.py)
if [[ -f $guest/.complete && $(<"$guest/.complete") == "$inputs" ]]; then
	exit 0
fi

mkdir -p "$guest"
touch "$top/.deps/COLCON_IGNORE"
log=$guest/build.log
: >"$log"
rm -rf "$guest/.complete" "$guest/unpacked" "$guest/first" "$guest/modules"
# What fetch has set, of this script. It is there when all packages are.
fetched=$guest/package/names
if [[ ! -f $fetched || $(head -n 1 "$fetched") != "# $(sha256sum <"${BASH_SOURCE[0]}")" ]]; then
	rm -rf "$guest/package"
	mkdir "$guest/package"
fi

# dependencies prints the names of the packages that a package depends on, of those that
# the basic regular expression describes.
dependencies() {
	apt-cache depends "$1" 2>>"$log" | sed -n "s/.*Depends: \\($2\\)\$/\\1/p"
}

# fetch downloads the packages of the release's newest kernel, of the headers of that very
# kernel, and of the source of v4l2loopback. It sets kernel to its name, images and sources
# to the names of what is to be unpacked for the guest and for compiling, and lacking to
# what is not found.
fetch() {
	local metapackage headers
	rm -f "$guest/package"/*.deb
	# Debian's, Ubuntu's.
	for metapackage in linux-image-amd64 linux-image-generic; do
		kernel=$(dependencies "$metapackage" 'linux-image-[0-9].*' | head -n 1)
		[[ -z $kernel ]] || break
	done
	lacking="linux-image-amd64 or linux-image-generic"
	[[ -n $kernel ]] || return
	# Ubuntu has modules in packages of their own, vivid in linux-modules-extra.
	mapfile -t images < <(
		echo "$kernel"
		for package in "$metapackage" "$kernel"; do dependencies "$package" 'linux-modules-.*'; done | sort -u
	)
	headers=linux-headers-${kernel#linux-image-}
	mapfile -t sources < <(
		echo "$headers"
		# Debian's have -common and kbuild packages.
		dependencies "$headers" 'linux-headers-.*'
		dependencies "$headers" 'linux-kbuild-.*'
		echo v4l2loopback-dkms
	)
	lacking="$headers, the headers of $kernel"
	((${#sources[@]} > 2)) || return
	for lacking in "${images[@]}" "${sources[@]}"; do
		(cd "$guest/package" && apt-get download -q "$lacking" >>"$log" 2>&1) || return
	done
}
if [[ ! -f $fetched ]]; then
	echo 'guest: fetching the packages of the kernel, its headers and v4l2loopback (120 MB)'
	if ! fetch; then
		# Old lists name packages that the archive no longer has.
		((EUID != 0)) || apt-get update >>"$log" 2>&1 || true
		if ! fetch; then
			# Those of derivatives may have other names.
			[[ -n $kernel ]] || grep -qE '^ID=(debian|ubuntu)$' /etc/os-release || never "no package $lacking"
			cannot "no package $lacking; apt-get update may help, $log tells more"
		fi
	fi
	{
		echo "# $(sha256sum <"${BASH_SOURCE[0]}")"
		declare -p kernel images sources
	} >"$fetched.part"
	mv "$fetched.part" "$fetched"
fi
[[ ${1:-} != fetch ]] || exit 0
# shellcheck source=/dev/null
. "$fetched"
# The kernel's build system takes no path with a space in it, and this project's
# may have one.
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

# unpack_package unpacks a package into a folder, or some of its paths.
unpack_package() {
	local name=$1 folder=$2
	shift 2
	mkdir -p "$folder"
	dpkg-deb --fsys-tarfile "$guest/package/$name"_*.deb | tar -x -C "$folder" "$@"
}

echo "guest: unpacking $kernel"
for name in "${images[@]}"; do
	unpack_package "$name" "$guest/unpacked"
done
# Where /lib is a link to usr/lib, packages have usr/lib/modules: Debian since 13.
if [[ ! -d $guest/unpacked/lib/modules ]]; then
	mkdir -p "$guest/unpacked/lib"
	mv "$guest/unpacked/usr/lib/modules" "$guest/unpacked/lib/modules" || cannot "$kernel has no modules"
fi
version=$(ls "$guest/unpacked/lib/modules")

echo "guest: compiling v4l2loopback for $kernel"
for name in "${sources[@]}"; do
	unpack_package "$name" "$build"
done
headers=$build/usr/src/${sources[0]}
# The only absolute path in Debian's packages: where they would be installed. Ubuntu's have
# relative ones.
common=$(sed -n 's|^include /usr/src/\([^/]*\)/Makefile$|\1|p' "$headers/Makefile")
[[ -z $common ]] || echo "include $build/usr/src/$common/Makefile" >"$headers/Makefile"
source=$(echo "$build"/usr/src/v4l2loopback-*)
# Without BTF, which takes a program that nothing else here needs (pahole).
make -C "$headers" M="$source" CC=gcc CONFIG_DEBUG_INFO_BTF_MODULES= modules >>"$log" 2>&1 ||
	cannot "v4l2loopback does not compile for $kernel; $log tells more"
install -D -m 644 "$source/v4l2loopback.ko" "$guest/unpacked/lib/modules/$version/extra/v4l2loopback.ko"
strip --strip-debug "$guest/unpacked/lib/modules/$version/extra/v4l2loopback.ko"

depmod -b "$guest/unpacked" "$version"
for name in vivid snd-aloop v4l2loopback; do
	modprobe -d "$guest/unpacked" -S "$version" --show-depends "$name" >>"$log" 2>&1 ||
		never "$kernel, with ${images[*]:1}, has no module $name"
done

# with_dependencies prints the files of modules in the order of their loading.
with_dependencies() {
	local name
	for name in "$@"; do
		modprobe -d "$guest/unpacked" -S "$version" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++'
}

# Modules that cases may load, in a tree of their own.
mapfile -t names < <(sed 's/#.*//; /^[[:space:]]*$/d; s/[[:space:]]*$//' "$here/modules.txt")
tree=$guest/modules/lib/modules/$version
mkdir -p "$tree"
cp "$guest/unpacked/lib/modules/$version"/modules.{order,builtin,builtin.modinfo} "$tree"
while read -r file; do
	install -D -m 644 "$file" "$guest/modules/lib/modules/${file#"$guest/unpacked/lib/modules/"}"
done < <(with_dependencies "${names[@]}")
depmod -b "$guest/modules" "$version"

# The first file system holds what it takes to reach this machine's.
first=$guest/first
mkdir -p "$first"/{bin,dev,proc,sys,modules,host,out,written,root}
busybox=$(command -v busybox)
! ldd "$busybox" >/dev/null 2>&1 || cannot "$busybox needs libraries: the Debian package busybox-static does not"
cp "$busybox" "$first/bin/busybox"
install -m 755 "$here/init" "$first/init"
# Unpacked, as busybox does not know all methods.
while read -r file; do
	name=$(basename "$file")
	case $name in
	*.xz) busybox xzcat "$file" ;;
	*.gz) busybox zcat "$file" ;;
	*.zst) zstd --decompress --stdout --quiet "$file" ;;
	*) cat "$file" ;;
	esac >"$first/modules/${name%%.ko*}.ko" || cannot "$file cannot be unpacked"
	echo "${name%%.ko*}.ko"
done < <(with_dependencies virtio_pci 9pnet_virtio 9p overlay) >"$first/modules/order"
(cd "$first" && find . | cpio -o -H newc --quiet) >"$guest/first.cpio"

"$here/unpack.py" "$guest/unpacked/boot/vmlinuz-$version" "$guest/vmlinux"
rm -rf "$guest/package" "$guest/unpacked" "$first"
echo "$inputs" >"$guest/.complete"
echo "guest: done ($kernel)"
