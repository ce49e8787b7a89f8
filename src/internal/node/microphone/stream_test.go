package microphone

import (
	"context"
	"io"
	"testing"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

var mono = media.AudioFormat{SampleRate: 1000, Channels: 1, Encoding: media.U8}

func newCapture(before timeline) *stream {
	return &stream{
		format: mono,
		ring:   buffer.NewRing(mono.FrameSize(), 1000, before.next),
		clock:  clock.NewSampleClock(float64(mono.SampleRate)),
		watch:  clock.NewLossWatch(float64(mono.SampleRate)),
		before: before,
	}
}

// period returns so many audio frames that arrive when their last was acquired.
func period(frames int, arrival time.Duration) media.Period {
	return media.Period{Data: make([]byte, frames), Frames: frames, Arrival: arrival}
}

func TestIndicesGoOnAfterAReconnectWithTheGapTheClockShows(t *testing.T) {
	first := newCapture(timeline{})
	first.add(period(10, 10*time.Second))
	first.add(period(10, 10*time.Second+10*time.Millisecond))
	between := first.after(timeline{published: 20})
	if between.next != 20 || between.epoch != 1 {
		t.Fatalf("after 20 audio frames: next %d, epoch %d, want 20 and 1", between.next, between.epoch)
	}

	// The source comes back 2.5 s after its last audio frame.
	second := newCapture(between)
	second.add(period(10, 12*time.Second+520*time.Millisecond))
	at, n, err := second.ring.NewReader().Read(context.Background(), between.next, make([]byte, 10))
	if err != nil || at != 20+2500 || n != 10 {
		t.Errorf("Read = %d, %d, %v, want index 2520, 10 audio frames", at, n, err)
	}
}

// TestWhatWaitsTellsTheTime: the first period is taken when much more has been acquired, and the
// next ones follow at once.
func TestWhatWaitsTellsTheTime(t *testing.T) {
	c := newCapture(timeline{next: 5, end: 9 * time.Second, started: true, published: 5})
	for waiting := 500; waiting >= 0; waiting -= 10 {
		p := period(10, 10*time.Second)
		p.Waiting = waiting
		c.add(p)
	}
	// 510 ms of sound are there at 10 s, and none was acquired between 9 s and them.
	if got := c.ring.Head(); got != 1005 {
		t.Errorf("head %d, want 1005", got)
	}
	if got := c.clock.TimeOf(1005); got != 10*time.Second {
		t.Errorf("what follows is stamped %v, want 10s", got)
	}
}

func TestWhatNobodyWantedIsNotLost(t *testing.T) {
	before := timeline{next: 20, end: 10 * time.Second, epoch: 1, started: true, published: 20, captureOff: true}
	c := newCapture(before)
	c.add(period(10, 12*time.Second+10*time.Millisecond))
	if c.skipped != 2000 || c.ring.Head() != 2030 {
		t.Errorf("skipped %d up to %d, want 2000 up to 2030", c.skipped, c.ring.Head())
	}
	if after := c.after(before); after.captureOff || after.epoch != 2 {
		t.Errorf("after = %+v, want on and epoch 2", after)
	}
}

func TestAReconnectWithoutSoundIsNoEpoch(t *testing.T) {
	before := timeline{next: 20, end: 5 * time.Second, epoch: 3, started: true, published: 20}
	if after := newCapture(before).after(before); after != before {
		t.Errorf("after = %+v, want %+v", after, before)
	}
}

func TestTheFirstOpeningHasNoGap(t *testing.T) {
	c := newCapture(timeline{})
	c.add(period(10, time.Hour))
	if at, n, err := c.ring.NewReader().Read(context.Background(), 0, make([]byte, 10)); at != 0 || n != 10 || err != nil {
		t.Errorf("Read = %d, %d, %v, want 0, 10, nil", at, n, err)
	}
}

func TestWhatTheSourceLostShowsInTheIndices(t *testing.T) {
	c := newCapture(timeline{})
	c.add(period(10, 10*time.Millisecond))
	lossy := period(10, 37*time.Millisecond)
	lossy.Lost = 17
	c.add(lossy)
	c.ring.Close()
	reader := c.ring.NewReader()
	buf := make([]byte, 20)
	if at, n, err := reader.Read(context.Background(), 0, buf); at != 0 || n != 10 || err != nil {
		t.Errorf("first Read = %d, %d, %v, want 0, 10, nil", at, n, err)
	}
	if at, n, err := reader.Read(context.Background(), 10, buf); at != 27 || n != 10 || err != nil {
		t.Errorf("second Read = %d, %d, %v, want 27, 10, nil", at, n, err)
	}
	if _, _, err := reader.Read(context.Background(), 37, buf); err != io.EOF {
		t.Errorf("third Read: %v, want EOF", err)
	}
	if got := c.after(timeline{}).next; got != 37 {
		t.Errorf("next = %d, want 37", got)
	}
}

// feed gives a capture periods of 10 audio frames until so many seconds of sound
// have been acquired; each arrives when late says.
func feed(c *stream, from, to float64, late func(at float64) float64) {
	for at := from + 0.010; at <= to+1e-9; at += 0.010 {
		c.add(period(10, node.Seconds(100+at+late(at))))
	}
}

func inTime(float64) float64 { return 0 }

// blocks reads everything in the ring: first index, number and epoch.
func blocks(c *stream) [][3]uint64 {
	var got [][3]uint64
	reader := c.ring.NewReader()
	for at := uint64(0); ; {
		first, n, err := reader.Read(context.Background(), at, make([]byte, 1000))
		if err != nil {
			return got
		}
		got = append(got, [3]uint64{first, uint64(n), uint64(c.epoch(first))})
		at = first + uint64(n)
	}
}

// TestSoundThatTheDeviceDroppedIsFoundByTheClock: a second's sound is missing
// after 5 s, and nobody reports it.
func TestSoundThatTheDeviceDroppedIsFoundByTheClock(t *testing.T) {
	c := newCapture(timeline{})
	c.ring = buffer.NewRing(mono.FrameSize(), 100_000, 0)
	feed(c, 0, 5, inTime)
	feed(c, 6, 6.5, inTime)
	if got := c.ring.Head(); got != 5000 {
		t.Errorf("head %d while a loss is suspected, want 5000", got)
	}
	feed(c, 6.5, 10, inTime)
	c.ring.Close()
	var received uint64
	for _, block := range blocks(c) {
		first, n, epoch := block[0], block[1], block[2]
		received += n
		switch {
		case first+n <= 5000 && epoch == 0:
		case first >= 6000 && epoch == 1:
		default:
			t.Errorf("block of %d from %d on in epoch %d", n, first, epoch)
		}
	}
	if received != 9000 || c.ring.Head() != 10000 {
		t.Errorf("received %d up to %d, want 9000 up to 10000", received, c.ring.Head())
	}
	if got := c.clock.TimeOf(10000); (got - 110*time.Second).Abs() > time.Millisecond {
		t.Errorf("the last audio frame is stamped %v, want 110s", got)
	}
	if after := c.after(timeline{}); after.epoch != 2 || after.estimated != 1000 || after.next != 10000 {
		t.Errorf("after = %+v, want epoch 2, 1000 estimated, next 10000", after)
	}
}

func TestSoundThatWasOnlyLateIsNoLoss(t *testing.T) {
	c := newCapture(timeline{})
	c.ring = buffer.NewRing(mono.FrameSize(), 100_000, 0)
	feed(c, 0, 10, func(at float64) float64 {
		if at > 4 && at < 7 { // the process was stopped
			return 7 - at
		}
		return 0
	})
	c.ring.Close()
	if got := blocks(c); len(got) != 10 || got[9] != [3]uint64{9000, 1000, 0} {
		t.Errorf("blocks %v, want 10 of epoch 0", got)
	}
}

// TestOverrunIsMeasured: the source tells that it lost something, 30 ms.
func TestOverrunIsMeasured(t *testing.T) {
	c := newCapture(timeline{})
	c.ring = buffer.NewRing(mono.FrameSize(), 100_000, 0)
	feed(c, 0, 5, inTime)
	p := period(10, node.Seconds(105.040))
	p.Overrun = true
	c.add(p)
	feed(c, 5.040, 8, inTime)
	c.ring.Close()
	got := blocks(c)
	if len(got) < 6 || got[5] != [3]uint64{5030, 1000, 1} {
		t.Errorf("blocks %v, want the sixth from 5030 on, in epoch 1", got)
	}
}

// TestDoubtEndsWithTheSource: sound that is held when the source ends is published.
func TestDoubtEndsWithTheSource(t *testing.T) {
	c := newCapture(timeline{})
	c.ring = buffer.NewRing(mono.FrameSize(), 100_000, 0)
	feed(c, 0, 5, inTime)
	feed(c, 6, 6.2, inTime)
	c.ring.Close()
	var received uint64
	for _, block := range blocks(c) {
		received += block[1]
	}
	if received != 5200 {
		t.Errorf("received %d, want 5200", received)
	}
}

func TestEpochsOfManyLosses(t *testing.T) {
	var l losses
	for i := range uint64(40) {
		l.add(1000*(i+1), 10)
	}
	for frame, want := range map[uint64]uint32{40_000: 40, 39_999: 39, 25_001: 25, 30_500: 30} {
		if got := l.epoch(frame); got != want {
			t.Errorf("epoch of %d: %d, want %d", frame, got, want)
		}
	}
}
