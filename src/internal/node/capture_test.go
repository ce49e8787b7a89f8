package node

import (
	"context"
	"io"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
)

var mono = acquire.AudioFormat{SampleRate: 1000, Channels: 1, Encoding: acquire.U8}

func newCapture(before timeline) *capture {
	return &capture{
		format: mono,
		ring:   buffer.NewRing(mono.FrameSize(), 1000, before.next),
		clock:  clock.NewSampleClock(float64(mono.SampleRate)),
		before: before,
	}
}

// period returns so many audio frames that arrive when their last was acquired.
func period(frames int, arrival time.Duration) acquire.Period {
	return acquire.Period{Data: make([]byte, frames), Frames: frames, Arrival: arrival}
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

func TestWhatNobodyWantedIsNotLost(t *testing.T) {
	before := timeline{next: 20, end: 10 * time.Second, epoch: 1, started: true, published: 20, off: true}
	c := newCapture(before)
	c.add(period(10, 12*time.Second+10*time.Millisecond))
	if c.skipped != 2000 || c.ring.Head() != 2030 {
		t.Errorf("skipped %d up to %d, want 2000 up to 2030", c.skipped, c.ring.Head())
	}
	if after := c.after(before); after.off || after.epoch != 2 {
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
