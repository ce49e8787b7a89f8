package acquire

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"
)

// NewThreadAlarm makes an alarm for a goroutine that has a thread to itself, by
// [runtime.LockOSThread]: it blocks that thread, which the kernel then wakes
// without a way round by Go's scheduler, as it does with a sound card's thread. It
// matters where the thread has a priority. Close it.
func NewThreadAlarm(ctx context.Context) (*Alarm, error) {
	handle, err := newTimer()
	if err != nil {
		return nil, err
	}
	ended, release, err := Ended(ctx)
	if err != nil {
		_ = unix.Close(handle)
		return nil, fmt.Errorf("timer: %w", err)
	}
	files := []unix.PollFd{{Fd: int32(handle), Events: unix.POLLIN}, {Fd: int32(ended), Events: unix.POLLIN}}
	return &Alarm{
		ctx: ctx, handle: handle,
		expire: func() {
			for {
				// Setting the timer has cleared what it told before. A signal, as Go
				// sends them, ends the call early.
				if n, err := unix.Poll(files, -1); n > 0 || err != unix.EINTR {
					return
				}
			}
		},
		close: func() {
			release()
			_ = unix.Close(handle)
		},
	}, nil
}
