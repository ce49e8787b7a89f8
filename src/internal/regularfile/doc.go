// Package regularfile opens regular files on a disk, and refuses everything else at once: a FIFO, a
// device, a socket, a folder, or a file of the kernel, such as /proc/kmsg. Opening or reading
// those may block, or have an effect.
package regularfile
