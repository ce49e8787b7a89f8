package nodetest

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// BlockFrames is a block of 10 ms.
const BlockFrames = 441

var CDSound = media.AudioFormat{Device: "test", SampleRate: 44100, Channels: 1, Encoding: media.S16LE}

// PacedMicrophone brings its sound by itself, as a file does: on one thread that it keeps, which
// the kernel wakes once in 10 ms, always with the same memory.
type PacedMicrophone struct {
	data []byte
	Took chan Callback // (optional) takes the cost of each callback
}

// Callback is the cost of one call.
type Callback struct{ Wall, Processor time.Duration }

// threadTime returns the CPU time of the calling thread.
func threadTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // cannot fail
	return time.Duration(t.Nano())
}

func NewPacedMicrophone() *PacedMicrophone {
	return &PacedMicrophone{data: make([]byte, BlockFrames*CDSound.FrameSize())}
}

func (m *PacedMicrophone) Open(context.Context) (media.AudioFormat, error) { return CDSound, nil }

func (m *PacedMicrophone) Run(ctx context.Context, emit func(media.Period)) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	alarm, err := clock.NewThreadAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	for due := clock.Monotonic(); alarm.Wait(due); due += 10 * time.Millisecond {
		processor, start := threadTime(), clock.Monotonic()
		emit(media.Period{Data: m.data, Frames: BlockFrames, Arrival: start})
		took := Callback{clock.Monotonic() - start, threadTime() - processor}
		if m.Took != nil {
			select {
			case m.Took <- took:
			case <-ctx.Done():
			}
		}
	}
	return nil
}

func (m *PacedMicrophone) Close() error { return nil }
