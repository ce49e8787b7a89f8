package clock

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// Monotonic returns the time on CLOCK_MONOTONIC, the clock of V4L2's buffers and of all
// stamps before they become ROS time. Go's time.Time holds such a reading, but hides it.
//
// It allocates nothing and may be called by any goroutine.
func Monotonic() time.Duration {
	var now unix.Timespec
	// It cannot fail: CLOCK_MONOTONIC exists on every Linux and the pointer is valid.
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Duration(now.Nano())
}

// WaitUntil waits until a time on CLOCK_MONOTONIC, and returns false if ctx ends before. It
// uses the caller's timer.
func WaitUntil(ctx context.Context, timer *time.Timer, until time.Duration) bool {
	for {
		wait := until - Monotonic()
		if wait <= 0 {
			return ctx.Err() == nil
		}
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
		}
	}
}
