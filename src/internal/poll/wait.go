// Package poll waits for descriptors on a thread of its own, and leaves Go's scheduler alone.
//
// A goroutine that has a thread of its own ([runtime.LockOSThread]), as sound's with their
// real-time priority, must be woken by the kernel itself: by way of Go's network poller another
// thread would be woken first, without the priority. But while a thread is in a usual system
// call, the processor of Go's scheduler (P) that it came with stays with it for up to 10 ms, and
// Go's monitor thread looks at it every 20 µs to 0.5 ms: some 1000 wake-ups a second where a
// thread waits for each 10 ms of sound, and twenty for each image that it waits for. [Wait] gives
// the P away first.
package poll

import (
	"fmt"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// entersyscallblock hands the P over, before the calling thread blocks in a system call. The runtime keeps its name and type for others, see go.dev/issue/67401.
//
//go:linkname entersyscallblock runtime.entersyscallblock
func entersyscallblock()

// exitsyscall ends entersyscallblock: it waits for a P. The runtime keeps it likewise.
//
//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

// Wait blocks the calling thread until one of the files is ready, as poll(2) does, and sets
// Revents. It allocates nothing. A file that is not open counts as ready.
func Wait(files []unix.PollFd) {
	for {
		switch errno := wait(unsafe.SliceData(files), uintptr(len(files)), nil); errno {
		case 0:
			return
		case unix.EINTR: // by a signal, as Go sends them
		default:
			panic(fmt.Sprintf("poll: %v", errno)) // out of kernel memory, or a wrong address
		}
		runtime.KeepAlive(files)
	}
}

// WaitFor waits as Wait does, but no longer than limit. Revents are 0 if none is ready. It may
// return early without a file that is ready, by a signal.
func WaitFor(files []unix.PollFd, limit time.Duration) {
	left := unix.NsecToTimespec(max(0, limit.Nanoseconds()))
	switch errno := wait(unsafe.SliceData(files), uintptr(len(files)), &left); errno {
	case 0:
	case unix.EINTR:
		for i := range files {
			files[i].Revents = 0 // which are those of before
		}
	default:
		panic(fmt.Sprintf("poll: %v", errno)) // as in Wait
	}
	runtime.KeepAlive(files)
}

// wait calls ppoll(2), without a limit if that is nil. From entersyscallblock to exitsyscall no
// stack may grow, and the thread has no P: nothing but the system call may happen, not even what
// the race detector adds.
//
//go:nosplit
//go:norace
func wait(files *unix.PollFd, n uintptr, limit *unix.Timespec) unix.Errno {
	entersyscallblock()
	_, _, errno := unix.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(files)), n, uintptr(unsafe.Pointer(limit)), 0, 0, 0)
	exitsyscall()
	return errno
}

// Signal makes an eventfd ready. It does not block, and leaves Go's scheduler alone.
func Signal(eventfd int) {
	one := uint64(1)
	// It fails only if the counter is full, and then the eventfd is ready anyway.
	_, _, _ = unix.RawSyscall(unix.SYS_WRITE, uintptr(eventfd), uintptr(unsafe.Pointer(&one)), 8)
}

// Reset makes an eventfd, or a timerfd, that does not block wait for its next signal.
func Reset(file int) {
	var count uint64
	_, _, _ = unix.RawSyscall(unix.SYS_READ, uintptr(file), uintptr(unsafe.Pointer(&count)), 8) // it fails if there is none
}
