#!/usr/bin/env bash
# Makes the guest's kernel and first file system in .deps/guest, of Debian's own
# packages. The packages of the kernel and of its headers are fetched and unpacked
# and never installed: this machine's start is not touched, and no root is needed.
# v4l2loopback is compiled from Debian's source of it, without DKMS. What is there
# is used; what was interrupted is done again.
#
# When it cannot, it says why and fails.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
guest=$top/.deps/guest
PATH=$PATH:/usr/sbin:/sbin # depmod, for those who are not root

# cannot says what is missing.
cannot() {
	printf 'guest: %s\n' "$@" >&2
	exit 1
}

[[ $(uname -m) == x86_64 ]] || cannot "the guest is an x86_64, this machine is $(uname -m)"
missing=()
while read -r command package; do
	command -v "$command" >/dev/null || missing+=("$package")
done <<-'LIST'
	apt-get apt
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
rm -rf "$guest/.complete" "$guest/package" "$guest/unpacked" "$guest/first" "$guest/modules"
mkdir "$guest/package"

# The kernel's build system takes no path with a space in it, and this project's
# may have one.
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

# dependency prints the name of the first package that a package depends on, of
# those that the basic regular expression describes.
dependency() {
	apt-cache depends "$1" 2>>"$log" | sed -n "s/.*Depends: \\($2\\)\$/\\1/p" | head -n 1
}

# fetch downloads the packages of the release's newest kernel, of the headers of
# that very kernel, and of the source of v4l2loopback. It sets kernel, headers,
# common and kbuild to their names, and lacking to the name of what is not found.
fetch() {
	rm -f "$guest/package"/*.deb
	lacking=linux-image-amd64
	kernel=$(dependency linux-image-amd64 'linux-image-[0-9].*')
	[[ -n $kernel ]] || return
	headers=linux-headers-${kernel#linux-image-}
	lacking="$headers, the headers of $kernel"
	common=$(dependency "$headers" 'linux-headers-.*-common')
	kbuild=$(dependency "$headers" 'linux-kbuild-.*')
	[[ -n $common && -n $kbuild ]] || return
	for lacking in "$kernel" "$headers" "$common" "$kbuild" v4l2loopback-dkms; do
		(cd "$guest/package" && apt-get download -q "$lacking" >>"$log" 2>&1) || return
	done
}
echo 'guest: fetching the packages of the kernel, its headers and v4l2loopback'
if ! fetch; then
	# Old lists name packages that the archive no longer has.
	((EUID != 0)) || apt-get update >>"$log" 2>&1 || true
	fetch || cannot "no package $lacking, by Debian's names; apt-get update may help, $log tells more"
fi

# unpack_package unpacks a package into a folder, or some of its paths.
unpack_package() {
	local name=$1 folder=$2
	shift 2
	mkdir -p "$folder"
	dpkg-deb --fsys-tarfile "$guest/package/$name"_*.deb | tar -x -C "$folder" "$@"
}

echo "guest: unpacking $kernel"
unpack_package "$kernel" "$guest/unpacked" ./boot ./lib/modules
version=$(ls "$guest/unpacked/lib/modules")

echo "guest: compiling v4l2loopback for $kernel"
for name in "$headers" "$common" "$kbuild" v4l2loopback-dkms; do
	unpack_package "$name" "$build"
done
# The only absolute path in the packages: where they would be installed.
echo "include $build/usr/src/$common/Makefile" >"$build/usr/src/$headers/Makefile"
source=$(echo "$build"/usr/src/v4l2loopback-*)
make -C "$build/usr/src/$headers" M="$source" CC=gcc modules >>"$log" 2>&1 ||
	cannot "v4l2loopback does not compile for $kernel; $log tells more"
install -D -m 644 "$source/v4l2loopback.ko" "$guest/unpacked/lib/modules/$version/extra/v4l2loopback.ko"
strip --strip-debug "$guest/unpacked/lib/modules/$version/extra/v4l2loopback.ko"

depmod -b "$guest/unpacked" "$version"
for name in vivid snd-aloop v4l2loopback; do
	modprobe -d "$guest/unpacked" -S "$version" --show-depends "$name" >>"$log" 2>&1 ||
		cannot "$kernel has no module $name"
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
while read -r file; do
	cp "$file" "$first/modules/"
	basename "$file"
done < <(with_dependencies virtio_pci 9pnet_virtio 9p overlay) >"$first/modules/order"
(cd "$first" && find . | cpio -o -H newc --quiet) >"$guest/first.cpio"

"$here/unpack.py" "$guest/unpacked/boot/vmlinuz-$version" "$guest/vmlinux"
rm -rf "$guest/package" "$guest/unpacked" "$first"
echo "$inputs" >"$guest/.complete"
echo "guest: done ($kernel)"
