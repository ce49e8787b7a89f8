package clock

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Alarm waits for times on CLOCK_MONOTONIC, to some 50 µs, for sources without a device. A
// [time.Timer] is late by up to a millisecond, the unit in which Go's scheduler waits for
// timers, and costs twice the CPU time.
//
// One goroutine uses an Alarm at a time.
type Alarm struct {
	ctx    context.Context
	timer  *Timer
	expire func() // waits until it has expired or ctx has ended
	close  func() // gives it back
}

// NewAlarm makes an alarm whose waits end with ctx. Close it.
func NewAlarm(ctx context.Context) (*Alarm, error) {
	timer, err := NewTimer()
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(timer.Descriptor()), "timerfd") // Go's network poller waits for it
	conn, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("timer: %w", err)
	}
	unwatch := context.AfterFunc(ctx, func() {
		_ = file.SetReadDeadline(time.Unix(1, 0)) // long past; closed is as good
	})
	expired := func(uintptr) bool { return timer.expired() }
	return &Alarm{
		ctx: ctx, timer: timer,
		expire: func() { _ = conn.Read(expired) }, // it fails when ctx has ended
		close: func() {
			unwatch()
			_ = file.Close() // nothing was written to it
		},
	}, nil
}

// Wait waits until a time on CLOCK_MONOTONIC, and returns false if ctx ends before. It
// allocates nothing.
func (a *Alarm) Wait(until time.Duration) bool {
	if until > Monotonic() && a.ctx.Err() == nil {
		a.timer.Set(until)
		a.expire()
	}
	return a.ctx.Err() == nil
}

// Close gives the timer back.
func (a *Alarm) Close() { a.close() }
