package clock

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/poll"
)

// NewThreadAlarm makes an alarm for a goroutine with a thread of its own, by
// [runtime.LockOSThread]. It blocks that thread, which the kernel then wakes without Go's
// scheduler, as a sound card's thread: this matters if the thread has real-time priority.
// Close it.
func NewThreadAlarm(ctx context.Context) (*Alarm, error) {
	timer, err := NewTimer()
	if err != nil {
		return nil, err
	}
	done, release, err := DoneFD(ctx)
	if err != nil {
		timer.Close()
		return nil, fmt.Errorf("timer: %w", err)
	}
	files := []unix.PollFd{{Fd: int32(timer.Descriptor()), Events: unix.POLLIN}, {Fd: int32(done), Events: unix.POLLIN}}
	return &Alarm{
		ctx: ctx, timer: timer,
		expire: func() { poll.Wait(files) }, // setting the timer has cleared its last expiry
		close: func() {
			release()
			timer.Close()
		},
	}, nil
}
