package node

import (
	"math"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
)

// timeline is what the count of audio frames carries over from one opening of
// the source to the next. Indices never start again: a subscriber can tell from
// first_frame alone what it missed.
type timeline struct {
	next      uint64        // [audio frames] index that the next one gets if none is lost
	end       time.Duration // when that one would be acquired, on CLOCK_MONOTONIC
	published uint64        // [audio frames] sent to ~/audio in total
	epoch     uint32        // openings of the source that brought sound, less one
	started   bool          // some sound has been captured
	skipped   uint64        // [audio frames] that nobody wanted, since capture was off
	off       bool          // what comes before the next opening's sound is of that kind
}

// capture is one opening of the source: what its callback writes and what the
// publishing goroutines read.
type capture struct {
	format acquire.AudioFormat
	ring   *buffer.Ring
	clock  *clock.SampleClock
	before timeline

	// Only the callback's thread uses what follows, until Run has returned; but
	// skipped is everybody's once something can be read from the ring.
	head    uint64 // index of the next audio frame
	live    bool   // sound has arrived
	skipped uint64 // [audio frames] before the first, that nobody wanted
}

// add takes one period from the source. It runs on the sound system's thread:
// it copies, never blocks on a subscriber, and allocates nothing after the
// first period.
func (c *capture) add(p acquire.Period) {
	if !c.live {
		c.live = true
		c.head = c.before.next
		gap := c.gap(p)
		if c.before.off {
			c.skipped = gap
		}
		p.Lost += gap
	}
	c.head += p.Lost + uint64(p.Frames)
	c.clock.Update(c.head, p.Arrival) // before the readers are woken, who ask it for the time
	c.ring.Skip(p.Lost)
	c.ring.Write(p.Data)
}

// gap estimates from the clock how many audio frames went by while the source
// was closed. It is as good as the arrival of one period: within about one.
func (c *capture) gap(first acquire.Period) uint64 {
	if !c.before.started {
		return 0
	}
	rate := float64(c.format.SampleRate)
	start := first.Arrival - seconds(float64(first.Frames)/rate)
	frames := math.Round((start - c.before.end).Seconds() * rate)
	return uint64(max(frames, 0))
}

// after returns the timeline behind this opening. Run has returned and
// everything is published.
func (c *capture) after(t timeline) timeline {
	if !c.live {
		return t
	}
	t.next = c.head
	t.end = c.clock.TimeOf(c.head)
	t.epoch++
	t.started, t.off = true, false
	return t
}
