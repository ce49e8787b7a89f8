package soundsystem

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/poll"
)

// counted is a format in which an audio frame holds its own index.
var counted = media.AudioFormat{SampleRate: 1000, Channels: 1, Encoding: media.S32LE}

// newTestCapture returns a buffer of a second of counted sound, and what writes periods of it, as
// the sound system's thread.
func newTestCapture(t *testing.T) (c *capture, write func(frames int)) {
	t.Helper()
	c, err := newCapture(counted, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.close)
	next := uint32(0)
	return c, func(frames int) {
		var data []byte
		for range frames {
			data = binary.LittleEndian.AppendUint32(data, next)
			next++
		}
		c.into(data, frames)
	}
}

// TestEveryFrameArrivesOrIsCounted writes periods of all lengths as fast as it can, while they
// are read, and finds each audio frame in its place or counted as dropped.
func TestEveryFrameArrivesOrIsCounted(t *testing.T) {
	c, write := newTestCapture(t)
	const periods = 20000
	written := make(chan uint64)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		random := rand.New(rand.NewPCG(1, 2))
		total := 0
		for i := range periods {
			frames := 1 + random.IntN(40)
			write(frames)
			total += frames
			if i%20 == 0 {
				runtime.Gosched()
			}
		}
		written <- uint64(total)
	}()
	next, dropped, read := uint64(0), uint64(0), uint64(0)
	take := func() {
		c.take(func(p Captured) {
			next += p.Dropped
			dropped += p.Dropped
			read += uint64(p.Frames)
			if len(p.Data) != 4*p.Frames {
				t.Fatalf("%d frames in %d bytes", p.Frames, len(p.Data))
			}
			for i := range p.Frames {
				if got := binary.LittleEndian.Uint32(p.Data[4*i:]); uint64(got) != next {
					t.Fatalf("audio frame %d, want %d", got, next)
				}
				next++
			}
		})
	}
	for {
		select {
		case total := <-written:
			take()
			write(1) // with what was dropped at the end
			take()
			if next != total+1 || read == 0 || c.taken.Load() != total+1 {
				t.Errorf("%d audio frames, %d of them dropped, counted %d; want %d", next, dropped, c.taken.Load(), total+1)
			}
			return
		default:
			take()
			runtime.Gosched()
		}
	}
}

func TestAFullBufferDropsTheNewestAndKeepsTheRest(t *testing.T) {
	c, write := newTestCapture(t)
	for range 1000 {
		write(10)
	}
	frames, dropped := 0, uint64(0)
	count := func(p Captured) { frames, dropped = frames+p.Frames, dropped+p.Dropped }
	c.take(count)
	if frames < 1000 || dropped != 0 {
		t.Errorf("%d frames kept, %d dropped before them; want a second and 0", frames, dropped)
	}
	write(10)
	c.take(count)
	if got := frames + int(dropped); got != 10010 {
		t.Errorf("%d frames and %d dropped are %d, want 10010", frames, dropped, got)
	}
}

// TestALongPeriodFits writes periods that are nearly as long as the buffer, or longer, behind
// short ones.
func TestALongPeriodFits(t *testing.T) {
	for _, length := range []int{900, 2400, 5000} {
		c, write := newTestCapture(t)
		for range 40 {
			write(10)
		}
		c.take(func(Captured) {})
		next, read, total := uint64(400), 0, 0
		for range 20 {
			write(length)
			total += length
			arrivals := map[time.Duration]bool{}
			end := 0 // [audio frames] of this period
			c.take(func(p Captured) {
				next += p.Dropped
				for i := range p.Frames {
					if got := binary.LittleEndian.Uint32(p.Data[4*i:]); uint64(got) != next {
						t.Fatalf("of %d: audio frame %d, want %d", length, got, next)
					}
					next++
				}
				read += p.Frames
				arrivals[p.Arrival] = true
				if end = int(next-401)%length + 1; end+p.Waiting != length {
					t.Errorf("of %d: %d wait after %d", length, p.Waiting, end)
				}
			})
			if len(arrivals) != 1 || read == 0 {
				t.Fatalf("of %d: %d arrivals, %d frames of %d read", length, len(arrivals), read, total)
			}
		}
		if length < 1000 && read != total {
			t.Errorf("of %d: %d frames of %d", length, read, total)
		}
	}
}

// TestWhoArmsDuringATakeIsWokenEarlyRatherThanLate: the frames that are being taken have not
// reached the reader that arms.
func TestWhoArmsDuringATakeIsWokenEarlyRatherThanLate(t *testing.T) {
	c, write := newTestCapture(t)
	write(10)
	c.take(func(Captured) {
		if c.arm(15) {
			t.Error("15 frames are there at once")
		}
	})
	write(10)
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(c.c.event), Events: unix.POLLIN}}, 0); n != 1 || err != nil {
		t.Errorf("20 frames have come, and who wants 15 is not woken: %d, %v", n, err)
	}
}

func TestOnlyAWaitingReaderIsWoken(t *testing.T) {
	c, write := newTestCapture(t)
	signalled := func() bool {
		files := []unix.PollFd{{Fd: int32(c.c.event), Events: unix.POLLIN}}
		n, err := unix.Poll(files, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			poll.Reset(int(c.c.event))
		}
		return n > 0
	}
	for range 10 {
		write(10)
	}
	if signalled() {
		t.Error("signalled without a reader")
	}
	c.take(func(Captured) {})
	if c.arm(25) {
		t.Error("25 frames are there at once")
	}
	for i, want := range []bool{false, false, true, false, false} {
		write(10)
		if got := signalled(); got != want {
			t.Errorf("period %d: signalled %v, want %v", i, got, want)
		}
	}
	if !c.arm(50) || c.arm(51) {
		t.Error("50 frames are there, and no more")
	}
}

func TestACapturedPeriodHasItsTimeAndItsOverrun(t *testing.T) {
	c, write := newTestCapture(t)
	before := clock.Monotonic()
	write(10)
	c.overrun()
	write(10)
	write(10)
	after := clock.Monotonic()
	var overruns []bool
	last := before
	c.take(func(p Captured) {
		if p.Arrival < last || p.Arrival > after || p.Waiting != 0 {
			t.Errorf("arrived at %v, %d wait; want %v to %v and 0", p.Arrival, p.Waiting, last, after)
		}
		last = p.Arrival
		overruns = append(overruns, p.Overrun)
	})
	if len(overruns) != 3 || overruns[0] || !overruns[1] || overruns[2] {
		t.Errorf("overruns %v, want the second period's alone", overruns)
	}
	if c.callbacks() != 3 {
		t.Errorf("%d callbacks, want 3", c.callbacks())
	}
}

// BenchmarkCapture is what the sound system's thread does for a block of 10 ms, and what a
// reader does. (A call of C is in the first.)
func BenchmarkCapture(b *testing.B) {
	c, err := newCapture(media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}, 0, 441)
	if err != nil {
		b.Fatal(err)
	}
	defer c.close()
	data := make([]byte, 882)
	var took time.Duration
	for b.Loop() {
		c.into(data, 441)
		start := clock.Monotonic()
		c.take(func(Captured) {})
		took += clock.Monotonic() - start
	}
	b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns-read/op")
}
