package acquire

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Alarm lets a source that is no device wait until its next image or sound is
// due, to some 50 µs. A [time.Timer] is late by up to a millisecond, the unit
// in which Go's scheduler waits for timers, and costs twice the CPU time.
//
// One goroutine uses an Alarm at a time.
type Alarm struct {
	ctx     context.Context
	timer   *os.File // a timerfd, which Go's network poller waits for
	handle  int
	unwatch func() bool
	expired [8]byte
}

// NewAlarm makes an alarm whose waits end with ctx. Close it.
func NewAlarm(ctx context.Context) (*Alarm, error) {
	handle, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timer: %w", err)
	}
	a := &Alarm{ctx: ctx, handle: handle, timer: os.NewFile(uintptr(handle), "timerfd")}
	a.unwatch = context.AfterFunc(ctx, func() {
		_ = a.timer.SetReadDeadline(time.Unix(1, 0)) // long past; closed is as good
	})
	return a, nil
}

// Wait waits until a time on CLOCK_MONOTONIC, and says whether ctx has not
// ended before. It allocates nothing.
func (a *Alarm) Wait(until time.Duration) bool {
	if until <= Monotonic() {
		return a.ctx.Err() == nil
	}
	at := unix.ItimerSpec{Value: unix.NsecToTimespec(until.Nanoseconds())}
	// An open timerfd and a time in the future leave it no way to fail; if it
	// did, waiting for a timer that is not set would last until ctx ends.
	if err := unix.TimerfdSettime(a.handle, unix.TFD_TIMER_ABSTIME, &at, nil); err != nil {
		panic(fmt.Sprintf("acquire: timerfd_settime: %v", err))
	}
	_, err := a.timer.Read(a.expired[:])
	return err == nil && a.ctx.Err() == nil
}

// Close gives the timer back.
func (a *Alarm) Close() {
	a.unwatch()
	_ = a.timer.Close() // nothing was written to it
}
