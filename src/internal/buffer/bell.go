package buffer

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// bell wakes one thread, which waits for it in the kernel. A channel would do the
// same for a goroutine, but by way of Go's scheduler: another thread is woken
// first, to look for what can run, and hands over to the goroutine's own.
//
// See futex(2).
type bell struct{ rung atomic.Uint32 }

// These are of linux/futex.h.
const (
	futexWait = 0 | 128 // FUTEX_WAIT, of this process alone
	futexWake = 1 | 128 // FUTEX_WAKE
)

// ring ends the wait, or the next one if there is none. It does not block.
func (b *bell) ring() {
	b.rung.Store(1)
	// Not one of Go's system calls that may block: it has nothing to wait for. It
	// cannot fail.
	_, _, _ = unix.RawSyscall(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&b.rung)), futexWake, 1)
}

// wait blocks the calling thread until the bell has been rung.
func (b *bell) wait() {
	for !b.rung.CompareAndSwap(1, 0) {
		// It returns at once if it has been rung meanwhile, and early for a signal.
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&b.rung)), futexWait, 0, 0, 0, 0)
	}
}
