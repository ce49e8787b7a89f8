package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// monotonic is the time on CLOCK_MONOTONIC [ns].
func monotonic() int64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return t.Nano()
}

// precise is the time before an instant that is slept by the kernel alone [ns]: Go's timers are
// late by up to a millisecond, which is epoll's unit.
const precise = 3e6

// sleepUntil sleeps until an instant, or until stop: false.
func sleepUntil(instant int64, stop <-chan struct{}) bool {
	if left := instant - precise - monotonic(); left > 0 {
		timer := time.NewTimer(time.Duration(left))
		defer timer.Stop()
		select {
		case <-stop:
			return false
		case <-timer.C:
		}
	}
	until := unix.NsecToTimespec(instant)
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &until, nil) == unix.EINTR {
	}
	select {
	case <-stop:
		return false
	default:
		return true
	}
}
