package acquire

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// Monotonic returns the time on CLOCK_MONOTONIC, the clock of all stamps in
// this package and of V4L2's buffers. Go's own time.Now keeps such a reading
// inside but does not give it out.
//
// It allocates nothing and may be called by any goroutine.
func Monotonic() time.Duration {
	var now unix.Timespec
	// CLOCK_MONOTONIC exists on every Linux and the pointer is valid, so the
	// call has no way to fail.
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &now)
	return time.Duration(now.Nano())
}

// WaitUntil waits until a time on CLOCK_MONOTONIC, and says whether ctx has not
// ended before. The timer is the caller's, to be used again and again.
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
