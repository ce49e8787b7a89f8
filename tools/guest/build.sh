#!/usr/bin/env bash
# Makes the guest's kernel and first file system in .deps/guest, of Debian's own
# packages. The kernel's package is fetched and unpacked and never installed:
# this machine's start is not touched, and no root is needed. What is there is
# used; what was interrupted is done again.
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

# fetch downloads the package of the release's newest kernel, and sets kernel to
# its name.
fetch() {
	kernel=$(apt-cache depends linux-image-amd64 2>>"$log" | sed -n 's/.*Depends: \(linux-image-[0-9]\)/\1/p' | head -n 1)
	[[ -n $kernel ]] && (cd "$guest/package" && apt-get download -q "$kernel" >>"$log" 2>&1)
}
if ! fetch; then
	# Old lists name packages that the archive no longer has.
	((EUID != 0)) || apt-get update >>"$log" 2>&1 || true
	fetch || cannot "the kernel's package (${kernel:-linux-image-amd64}) is not to be had; apt-get update may help, $log tells more"
fi

echo "guest: unpacking $kernel"
mkdir "$guest/unpacked"
dpkg-deb --fsys-tarfile "$guest/package"/*.deb | tar -x -C "$guest/unpacked" ./boot ./lib/modules
version=$(ls "$guest/unpacked/lib/modules")
depmod -b "$guest/unpacked" "$version"
for name in vivid snd-aloop; do
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

# What cases may load: a tree of those modules alone.
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
