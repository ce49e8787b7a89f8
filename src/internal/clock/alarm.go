package clock

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Alarm waits for times on CLOCK_MONOTONIC, to some 50 µs, for sources without a device. A
// [time.Timer] is late by up to a millisecond, the unit in which Go's scheduler waits for
// timers, and costs twice the CPU time.
//
// One goroutine uses an Alarm at a time.
type Alarm struct {
	ctx    context.Context
	handle int    // a timerfd
	expire func() // waits until it has expired or ctx has ended
	close  func() // gives it back
}

// NewAlarm makes an alarm whose waits end with ctx. Close it.
func NewAlarm(ctx context.Context) (*Alarm, error) {
	handle, err := newTimer()
	if err != nil {
		return nil, err
	}
	timer := os.NewFile(uintptr(handle), "timerfd") // Go's network poller waits for it
	unwatch := context.AfterFunc(ctx, func() {
		_ = timer.SetReadDeadline(time.Unix(1, 0)) // long past; closed is as good
	})
	var expired [8]byte
	return &Alarm{
		ctx: ctx, handle: handle,
		expire: func() { _, _ = timer.Read(expired[:]) }, // it fails when ctx has ended
		close: func() {
			unwatch()
			_ = timer.Close() // nothing was written to it
		},
	}, nil
}

// Wait waits until a time on CLOCK_MONOTONIC, and returns false if ctx ends before. It
// allocates nothing.
func (a *Alarm) Wait(until time.Duration) bool {
	if until > Monotonic() && a.ctx.Err() == nil {
		set(a.handle, until)
		a.expire()
	}
	return a.ctx.Err() == nil
}

// Close gives the timer back.
func (a *Alarm) Close() { a.close() }

// newTimer makes a timerfd.
func newTimer() (handle int, err error) {
	handle, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return 0, fmt.Errorf("timer: %w", err)
	}
	return handle, nil
}

// set has a timer expire once, at a time on CLOCK_MONOTONIC in the future.
func set(handle int, until time.Duration) {
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(until.Nanoseconds())}
	// It cannot fail with an open timerfd and a time in the future. If it did, a wait would
	// last until its context ends.
	if err := unix.TimerfdSettime(handle, unix.TFD_TIMER_ABSTIME, &at, nil); err != nil {
		panic(fmt.Sprintf("clock: timerfd_settime: %v", err))
	}
}
