package node

import (
	"context"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
)

// blockFrames is a block of 10 ms.
const blockFrames = 441

var cdSound = acquire.AudioFormat{Device: "test", SampleRate: 44100, Channels: 1, Encoding: acquire.S16LE}

// pacedMicrophone calls back as malgo does: on one thread that it keeps, which the
// kernel wakes once in 10 ms, always with the same memory.
type pacedMicrophone struct {
	data []byte
	took chan callback // what each callback took; nil if nobody wants to know
}

// callback is what one call cost.
type callback struct{ wall, processor time.Duration }

// threadTime returns the CPU time of the calling thread.
func threadTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // cannot fail
	return time.Duration(t.Nano())
}

func newPacedMicrophone() *pacedMicrophone {
	return &pacedMicrophone{data: make([]byte, blockFrames*cdSound.FrameSize())}
}

func (m *pacedMicrophone) Open(context.Context) (acquire.AudioFormat, error) { return cdSound, nil }

func (m *pacedMicrophone) Run(ctx context.Context, emit func(acquire.Period)) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	alarm, err := acquire.NewThreadAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	for due := acquire.Monotonic(); alarm.Wait(due); due += 10 * time.Millisecond {
		processor, start := threadTime(), acquire.Monotonic()
		emit(acquire.Period{Data: m.data, Frames: blockFrames, Arrival: start})
		took := callback{acquire.Monotonic() - start, threadTime() - processor}
		if m.took != nil {
			select {
			case m.took <- took:
			case <-ctx.Done():
			}
		}
	}
	return nil
}

func (m *pacedMicrophone) Close() error { return nil }

// newPacedNode starts a microphone node on a source.
func newPacedNode(t testing.TB, source acquire.AudioSource) *Microphone {
	microphone, err := NewMicrophone(newContext(t), Options{Name: "microphone"}, func(MicrophoneConfig, func(string)) (acquire.AudioSource, error) {
		return source, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { microphone.Close() })
	background(t, microphone.Run)
	return microphone
}

// BenchmarkCallback is what the sound system's callback does with a block of
// 441 audio frames, whose readers it wakes up.
//
// inNode calls back in real time, with cold caches and sleeping readers, and
// gives the time that passed and the CPU time of the callback's thread. The
// first has in it how long this machine takes to wake a sleeping processor, and
// whatever else it lets go first. backToBack leaves no pause.
func BenchmarkCallback(b *testing.B) {
	b.Run("inNode", func(b *testing.B) {
		source := newPacedMicrophone()
		source.took = make(chan callback)
		newPacedNode(b, source)
		for range 100 { // the first second of the sound clock
			<-source.took
		}
		var wall, processor []time.Duration
		for b.Loop() {
			took := <-source.took
			wall, processor = append(wall, took.wall), append(processor, took.processor)
		}
		b.ReportMetric(1e6*median(wall), "p50-µs")
		b.ReportMetric(1e6*wall[len(wall)*99/100].Seconds(), "p99-µs") // sorted by now
		b.ReportMetric(1e6*median(processor), "cpu-p50-µs")
		b.ReportMetric(0, "ns/op") // the block's own length
	})
	b.Run("backToBack", func(b *testing.B) {
		c := &capture{
			format: cdSound,
			ring:   buffer.NewRing(cdSound.FrameSize(), 66000, 0),
			clock:  clock.NewSampleClock(float64(cdSound.SampleRate)),
			watch:  clock.NewLossWatch(float64(cdSound.SampleRate)),
		}
		background(b, func(ctx context.Context) error {
			reader, block := c.ring.NewReader(), make([]byte, blockFrames*cdSound.FrameSize())
			for at := uint64(0); ; {
				first, n, err := reader.Read(ctx, at, block)
				if err != nil {
					return nil
				}
				at = first + uint64(n)
			}
		})
		p := acquire.Period{Data: make([]byte, blockFrames*cdSound.FrameSize()), Frames: blockFrames}
		b.ReportAllocs()
		for b.Loop() {
			p.Arrival += 10 * time.Millisecond
			c.add(p)
		}
		c.ring.Close()
	})
}
