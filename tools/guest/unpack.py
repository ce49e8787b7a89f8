#!/usr/bin/env python3
"""
Unpack a kernel's vmlinuz: unpack.py VMLINUZ VMLINUX.

A kernel unpacks itself when it starts, which takes an emulated machine many
seconds. Where it is packed by another method than xz it is copied as it is.
"""

import lzma
import sys

XZ = b'\xfd7zXZ\0'
ELF = b'\x7fELF'


def unpacked(packed):
    """Return the kernel inside, or what was given if there is none to be found."""
    start = packed.find(XZ)
    if start < 0:
        return packed
    kernel = lzma.LZMADecompressor().decompress(packed[start:])
    return kernel if kernel.startswith(ELF) else packed


if __name__ == '__main__':
    source, destination = sys.argv[1:]
    with open(source, 'rb') as file:
        kernel = unpacked(file.read())
    with open(destination, 'wb') as file:
        file.write(kernel)
