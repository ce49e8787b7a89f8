package clock

import (
	"context"
	"time"
	_ "unsafe" // for go:linkname
)

// nanotime reads CLOCK_MONOTONIC, without a system call where the kernel's vDSO can. The runtime
// keeps its name and type for others, see go.dev/issue/67401.
//
//go:linkname nanotime runtime.nanotime
func nanotime() int64

// Monotonic returns the time on CLOCK_MONOTONIC, the clock of V4L2's buffers and of all
// stamps before they become ROS time. Go's time.Time holds such a reading, but hides it; a
// system call of Go's would wake the scheduler's monitor thread.
//
// It allocates nothing and may be called by any goroutine.
func Monotonic() time.Duration { return time.Duration(nanotime()) }

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
