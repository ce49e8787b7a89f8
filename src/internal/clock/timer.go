package clock

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Timer is a timerfd on CLOCK_MONOTONIC, whose descriptor can be read from once it has expired,
// for poll(2). Its system calls never block and are told to nobody: a usual one of Go's wakes
// the scheduler's monitor thread, twice, if all was idle.
//
// Any goroutine may call Set, but not after Close.
type Timer struct{ descriptor int }

// NewTimer makes a timer that is not set. Close it.
func NewTimer() (*Timer, error) {
	descriptor, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timer: %w", err)
	}
	return &Timer{descriptor}, nil
}

// Descriptor returns the timer's descriptor, which Close closes.
func (t *Timer) Descriptor() int { return t.descriptor }

// Set has the timer expire once, at a time on CLOCK_MONOTONIC: at once if that is past. It
// clears an earlier expiry.
func (t *Timer) Set(until time.Duration) {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(max(1, until.Nanoseconds()))} // 0 would stop it
	// It cannot fail with an open timerfd. If it did, a wait would last until its context ends.
	_, _, errno := unix.RawSyscall6(unix.SYS_TIMERFD_SETTIME, uintptr(t.descriptor), unix.TFD_TIMER_ABSTIME,
		uintptr(unsafe.Pointer(&at)), 0, 0, 0)
	if errno != 0 {
		panic(fmt.Sprintf("clock: timerfd_settime: %v", errno))
	}
}

// expired reports whether the timer has expired since it was set, once.
func (t *Timer) expired() bool {
	var times uint64
	n, _, _ := unix.RawSyscall(unix.SYS_READ, uintptr(t.descriptor), uintptr(unsafe.Pointer(&times)), 8)
	return n == 8
}

// Close closes the descriptor.
func (t *Timer) Close() { _ = unix.Close(t.descriptor) }
