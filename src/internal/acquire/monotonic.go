package acquire

import (
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
