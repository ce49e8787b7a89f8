package microphone

import (
	"math"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// timeline is the count of audio frames, which goes on from one stream to the
// next. Indices never start again: first_frame alone tells a subscriber what it
// missed.
type timeline struct {
	next       uint64        // [audio frames] index that the next one gets if none is lost
	end        time.Duration // when that one would be acquired, on CLOCK_MONOTONIC
	published  uint64        // [audio frames] sent to ~/audio in total
	epoch      uint32        // streams that brought sound and losses of unknown size, less one
	estimated  uint64        // [audio frames] lost whose number is estimated from the clock
	started    bool          // some sound has been captured
	skipped    uint64        // [audio frames] that went by while capture was off
	captureOff bool          // capture was off between the last stream and the next
	ahead      bool          // the last stream was a batch, and end may be ahead of the clock
}

// stream is the sound of one opening of the source: the source writes it, or who pulls it, and the
// publishing goroutines read it.
type stream struct {
	format   media.AudioFormat
	ring     *buffer.Ring
	clock    *clock.SampleClock
	before   timeline
	latency  time.Duration // of the device, constant, from acquisition to the earliest arrival
	delivery delivery
	supply   acquire.Supply // where the sound waits until it is pulled; nil if the source brings it by itself

	// Only who takes the source's sound uses the following until Run has returned; but
	// any goroutine may read skipped once something can be read from the ring.
	head     uint64 // index of the next audio frame, if none is lost in the present doubt
	live     bool   // sound has arrived
	ahead    bool   // arrivals may be ahead of the clock
	skipped  uint64 // [audio frames] that went by before the first while capture was off
	watch    *clock.LossWatch
	holding  bool
	heldFrom uint64 // index of the oldest audio frame that is held back; as head

	losses losses
}

// add takes one period from the source. It copies, never blocks on a subscriber,
// and allocates nothing after the first period.
func (s *stream) add(p media.Period) {
	p.Arrival -= s.latency
	first := s.advance(p)
	acquired := s.head + uint64(p.Waiting)
	late := p.Arrival - s.clock.TimeOf(acquired)
	arrival := clock.Arrivals{First: first, Next: acquired, Arrival: p.Arrival, Exact: p.Exact}
	switch s.watch.Judge(arrival, late, p.Overrun) {
	case clock.InTime:
		s.clock.Update(acquired, p.Arrival) // before the readers are woken, which ask it for the time
		s.release(0)
		s.ring.Write(p.Data)
	case clock.Pending:
		s.hold(first)
		s.ring.Write(p.Data)
	case clock.Lost:
		s.hold(first)
		s.ring.Write(p.Data)
		lost := uint64(math.Round(s.watch.Lost().Seconds() * s.rate()))
		s.head += lost
		best := s.watch.Best()
		s.clock.Rebase(best.Next+lost, best.Arrival)
		s.losses.add(s.heldFrom+lost, lost)
		s.release(lost)
	case clock.Rebased:
		best := s.watch.Best()
		s.clock.Rebase(best.Next, best.Arrival)
		s.release(0)
		s.ring.Write(p.Data)
	}
}

// advance counts a period, and returns the index of its first audio frame.
func (s *stream) advance(p media.Period) (first uint64) {
	if !s.live {
		s.live = true
		s.head = s.before.next
		gap := s.gap(p)
		if s.before.captureOff {
			s.skipped = gap
		} else {
			s.losses.addWhileClosed(gap)
		}
		p.Lost += gap
		s.clock.Update(s.head+p.Lost+uint64(p.Frames+p.Waiting), p.Arrival)
	}
	if p.Lost > 0 {
		s.release(0) // a source that counts its losses has no others
		s.watch.Restart()
		s.ring.Skip(p.Lost)
	}
	first = s.head + p.Lost
	s.head = first + uint64(p.Frames)
	return first
}

// hold keeps sound that may follow a loss from the readers, and releases the
// parts that do not.
func (s *stream) hold(first uint64) {
	if !s.holding {
		s.ring.Hold()
		s.holding, s.heldFrom = true, first
	}
	if doubtful := s.watch.Held(); doubtful > s.heldFrom {
		s.ring.Advance(doubtful - s.heldFrom)
		s.heldFrom = doubtful
	}
}

// release gives held sound to the readers, after a gap of lost audio frames.
func (s *stream) release(lost uint64) {
	if s.holding {
		s.ring.Release(lost)
		s.holding = false
	}
}

// frames returns the number of audio frames in a duration, at least 1 and at most half of the ring.
func (s *stream) frames(d time.Duration) int {
	return max(1, min(int(d.Seconds()*float64(s.format.SampleRate)), s.ring.Capacity()/2))
}

// present returns the index one past the newest audio frame that has come, which may have waited
// in the source.
func (s *stream) present() uint64 {
	s.ring.Refresh()
	return s.ring.Head()
}

// rate returns the measured rate of the device [audio frames/s].
func (s *stream) rate() float64 {
	return float64(s.format.SampleRate) * (1 + s.clock.RateError()*1e-6)
}

// gap estimates from the clock how many audio frames went by while the source
// was closed. The estimate is as good as the arrival of one period: within about
// one.
func (s *stream) gap(first media.Period) uint64 {
	if !s.before.started {
		return 0
	}
	rate := float64(s.format.SampleRate)
	start := first.Arrival - node.Seconds(float64(first.Frames+first.Waiting)/rate)
	frames := math.Round((start - s.before.end).Seconds() * rate)
	return uint64(max(frames, 0))
}

// epoch returns the epoch of an audio frame.
func (s *stream) epoch(frame uint64) uint32 { return s.before.epoch + s.losses.epoch(frame) }

// after returns the timeline behind this stream. Run has returned and everything
// is published.
func (s *stream) after(t timeline) timeline {
	if !s.live {
		return t
	}
	t.next = s.head
	t.end = s.clock.TimeOf(s.head)
	estimated, _ := s.losses.total()
	t.epoch += s.losses.epochs + 1
	t.estimated += estimated
	t.started, t.captureOff, t.ahead = true, false, s.ahead
	return t
}
