package clock

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"
)

// NewThreadAlarm makes an alarm for a goroutine with a thread of its own, by
// [runtime.LockOSThread]. It blocks that thread, which the kernel then wakes without Go's
// scheduler, as a sound card's thread: this matters if the thread has real-time priority.
// Close it.
func NewThreadAlarm(ctx context.Context) (*Alarm, error) {
	handle, err := newTimer()
	if err != nil {
		return nil, err
	}
	done, release, err := DoneFD(ctx)
	if err != nil {
		_ = unix.Close(handle)
		return nil, fmt.Errorf("timer: %w", err)
	}
	files := []unix.PollFd{{Fd: int32(handle), Events: unix.POLLIN}, {Fd: int32(done), Events: unix.POLLIN}}
	return &Alarm{
		ctx: ctx, handle: handle,
		expire: func() {
			for {
				// Setting the timer has cleared its last expiry. A signal, as Go sends
				// them, ends the call early.
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
