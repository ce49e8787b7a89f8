package node

import (
	"math"
	"sync/atomic"
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
	epoch     uint32        // openings of the source that brought sound and losses of unknown size, less one
	estimated uint64        // [audio frames] lost whose number is estimated from the clock
	started   bool          // some sound has been captured
	skipped   uint64        // [audio frames] that nobody wanted, since capture was off
	hurried   bool          // the last opening was of a hurried source, and end may be ahead of the clock
	off       bool          // what comes before the next opening's sound is of that kind
}

// capture is one opening of the source: what its callback writes and what the
// publishing goroutines read.
type capture struct {
	format acquire.AudioFormat
	ring   *buffer.Ring
	clock  *clock.SampleClock
	before timeline

	latency    time.Duration // of the device, constant, from acquisition to the earliest arrival
	precedence *precedence   // of the threads
	hurried    bool          // the source waits for us, not for time
	waits      atomic.Bool   // a hurried source waits for a subscriber
	stands     atomic.Int32  // topics that hold a hurried source up for long

	// Only the callback's thread uses what follows, until Run has returned; but
	// skipped is everybody's once something can be read from the ring.
	head    uint64 // index of the next audio frame, if none is lost in the present doubt
	live    bool   // sound has arrived
	skipped uint64 // [audio frames] before the first, that nobody wanted
	watch   *clock.LossWatch
	holding bool
	held    uint64 // index of the oldest audio frame that is held back; as head

	losses losses
}

// add takes one period from the source. It runs on the sound system's thread:
// it copies, never blocks on a subscriber, and allocates nothing after the
// first period.
func (c *capture) add(p acquire.Period) {
	p.Arrival -= c.latency
	first := c.advance(p)
	late := p.Arrival - c.clock.TimeOf(c.head)
	here := clock.Arrivals{First: first, Next: c.head, Arrival: p.Arrival}
	switch c.watch.Judge(here, late, p.Overrun) {
	case clock.Certain:
		c.clock.Update(c.head, p.Arrival) // before the readers are woken, who ask it for the time
		c.release(0)
		c.ring.Write(p.Data)
	case clock.Doubtful:
		c.hold(first)
		c.ring.Write(p.Data)
	case clock.Lost:
		c.hold(first)
		c.ring.Write(p.Data)
		lost := uint64(math.Round(c.watch.Lost().Seconds() * c.rate()))
		c.head += lost
		best := c.watch.Best()
		c.clock.Rebase(best.Next+lost, best.Arrival)
		c.losses.add(c.held+lost, lost)
		c.release(lost)
	case clock.Settled:
		best := c.watch.Best()
		c.clock.Rebase(best.Next, best.Arrival)
		c.release(0)
		c.ring.Write(p.Data)
	}
}

// advance counts a period, and returns the index of its first audio frame.
func (c *capture) advance(p acquire.Period) (first uint64) {
	if !c.live {
		c.live = true
		c.head = c.before.next
		gap := c.gap(p)
		if c.before.off {
			c.skipped = gap
		} else {
			c.losses.away(gap)
		}
		p.Lost += gap
		c.clock.Update(c.head+p.Lost+uint64(p.Frames), p.Arrival)
	}
	if p.Lost > 0 {
		c.release(0) // a source that counts its losses has no others
		c.watch.Restart()
		c.ring.Skip(p.Lost)
	}
	first = c.head + p.Lost
	c.head = first + uint64(p.Frames)
	return first
}

// hold keeps the readers from sound that may follow a loss, and lets those parts
// go that do not.
func (c *capture) hold(first uint64) {
	if !c.holding {
		c.ring.Hold()
		c.holding, c.held = true, first
	}
	if doubtful := c.watch.Held(); doubtful > c.held {
		c.ring.Advance(doubtful - c.held)
		c.held = doubtful
	}
}

// release gives the readers what is held, after a gap of lost audio frames.
func (c *capture) release(lost uint64) {
	if c.holding {
		c.ring.Release(lost)
		c.holding = false
	}
}

// rate returns the audio frames that the device really gives in a second.
func (c *capture) rate() float64 {
	return float64(c.format.SampleRate) * (1 + c.clock.RateError()*1e-6)
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

// epoch returns the epoch of an audio frame.
func (c *capture) epoch(frame uint64) uint32 { return c.before.epoch + c.losses.epoch(frame) }

// after returns the timeline behind this opening. Run has returned and
// everything is published.
func (c *capture) after(t timeline) timeline {
	if !c.live {
		return t
	}
	t.next = c.head
	t.end = c.clock.TimeOf(c.head)
	estimated, _ := c.losses.total()
	t.epoch += c.losses.epochs + 1
	t.estimated += estimated
	t.started, t.off, t.hurried = true, false, c.hurried
	return t
}
