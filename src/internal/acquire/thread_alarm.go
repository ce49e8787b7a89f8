package acquire

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// threadWait lets a thread wait in the kernel for a timerfd.
type threadWait struct {
	fds [2]unix.PollFd // the timer, and an eventfd that tells of the context's end

	mu     sync.Mutex // guards closed against the one who tells
	closed bool
}

// NewThreadAlarm makes an alarm for a goroutine that has a thread to itself, by
// [runtime.LockOSThread]: it blocks that thread, which the kernel then wakes
// without a way round by Go's scheduler, as it does with a sound card's thread. It
// matters where the thread has a priority. Close it.
func NewThreadAlarm(ctx context.Context) (*Alarm, error) {
	handle, err := newTimer()
	if err != nil {
		return nil, err
	}
	ended, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(handle)
		return nil, fmt.Errorf("timer: eventfd: %w", err)
	}
	w := &threadWait{fds: [2]unix.PollFd{
		{Fd: int32(handle), Events: unix.POLLIN},
		{Fd: int32(ended), Events: unix.POLLIN},
	}}
	unwatch := context.AfterFunc(ctx, w.end)
	return &Alarm{ctx: ctx, handle: handle, expire: w.expire, close: func() {
		unwatch()
		w.close()
	}}, nil
}

// expire blocks the thread until the timer has expired or the context has ended.
func (w *threadWait) expire() {
	for {
		// Setting the timer has cleared what it told before. A signal, as Go sends
		// them, ends the call early.
		if n, err := unix.Poll(w.fds[:], -1); n > 0 || err != unix.EINTR {
			return
		}
	}
}

// end ends a wait, and all that follow.
func (w *threadWait) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		_, _ = unix.Write(int(w.fds[1].Fd), []byte{1, 0, 0, 0, 0, 0, 0, 0}) // it counts to 2^64 before this can fail
	}
}

func (w *threadWait) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.closed = true
		_ = unix.Close(int(w.fds[0].Fd))
		_ = unix.Close(int(w.fds[1].Fd))
	}
}

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
	// An open timerfd and a time in the future leave it no way to fail; if it did,
	// waiting for a timer that is not set would last until its context ends.
	if err := unix.TimerfdSettime(handle, unix.TFD_TIMER_ABSTIME, &at, nil); err != nil {
		panic(fmt.Sprintf("acquire: timerfd_settime: %v", err))
	}
}
