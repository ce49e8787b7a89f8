package buffer

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// futexEvent wakes one thread, which waits for it in the kernel. A channel would wake a
// goroutine through Go's scheduler: it first wakes another thread, which looks for work
// and hands over to the goroutine's own thread.
//
// See futex(2).
type futexEvent struct{ signaled atomic.Uint32 }

// Operations of linux/futex.h, with FUTEX_PRIVATE_FLAG: within this process alone.
const (
	futexWait = 0 | 128 // FUTEX_WAIT
	futexWake = 1 | 128 // FUTEX_WAKE
)

// signal ends the wait, or the next one if there is none. It does not block.
func (e *futexEvent) signal() {
	e.signaled.Store(1)
	// RawSyscall, since FUTEX_WAKE does not block. It cannot fail.
	_, _, _ = unix.RawSyscall(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&e.signaled)), futexWake, 1)
}

// wait blocks the calling thread until the event is signaled, and resets it.
func (e *futexEvent) wait() {
	for !e.signaled.CompareAndSwap(1, 0) {
		// It returns at once if the event is signaled already, and early for a signal.
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&e.signaled)), futexWait, 0, 0, 0, 0)
	}
}
