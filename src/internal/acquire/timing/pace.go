package timing

import (
	"math"
	"math/bits"
	"time"

	"av_capture/src/internal/clock"
)

// Buffered is the length of the sound kept for a late consumer. Older sound is lost, as in
// a sound card's buffer.
const Buffered = 500 * time.Millisecond

// Pace tells when audio frames are due, by absolute times on CLOCK_MONOTONIC: it neither
// drifts nor adds up delays. One goroutine at a time may use it.
type Pace struct {
	rate   uint64
	begun  bool
	start  time.Duration // when frame 0 begins
	frames uint64        // that were due or lost
}

// NewPace returns a Pace of so many audio frames a second. It panics unless there
// is at least one.
func NewPace(rate int) *Pace {
	if rate < 1 {
		panic("timing: no sample rate")
	}
	return &Pace{rate: uint64(rate)}
}

// Start has frame 0 begin at a time on CLOCK_MONOTONIC, instead of with the first call of Next
// or NoWait.
func (p *Pace) Start(at time.Duration) { p.begun, p.start = true, at }

// Next waits until the next n audio frames are due and returns the time. lost is the number of
// frames before them, a multiple of n, that are lost because the caller was late by more than
// Buffered. The first call begins frame 0. If the alarm's context ends first, ok is false.
// Next panics unless n is positive.
func (p *Pace) Next(alarm *clock.Alarm, n int) (now time.Duration, lost uint64, ok bool) {
	if n < 1 {
		panic("timing: no frames")
	}
	now = clock.Monotonic()
	if !alarm.Wait(now) {
		return now, 0, false
	}
	if !p.begun {
		p.begun, p.start = true, now
	}
	lost = p.skip(now, n)
	p.frames += uint64(n)
	if due := p.due(p.frames); now < due {
		if !alarm.Wait(due) {
			p.frames -= uint64(n) // they are not due yet
			return now, 0, false  // nothing was lost: there is no wait after a loss
		}
		now = clock.Monotonic()
	}
	return now, lost, true
}

// Take returns when the next n audio frames were due, if they are due now; ok is false if not
// yet. lost is the number of frames before them, a multiple of n, that are lost because the
// caller was late by more than Buffered, and by the pause that it makes between two calls. Start
// was called before.
func (p *Pace) Take(now, pause time.Duration, n int) (due time.Duration, lost uint64, ok bool) {
	lost = p.skip(now-pause, n)
	due = p.due(p.frames + uint64(n))
	if now < due {
		return due, lost, false
	}
	p.frames += uint64(n)
	return due, lost, true
}

// skip leaves out the frames that a caller who wants n more now is too late for, and returns
// their number.
func (p *Pace) skip(now time.Duration, n int) (lost uint64) {
	late := now - p.due(p.frames+uint64(n))
	if late <= Buffered {
		return 0
	}
	// It is rounded up, so that the period is not late by more than Buffered.
	behind := uint64(math.Ceil((late - Buffered).Seconds() * float64(p.rate)))
	lost = (behind + uint64(n) - 1) / uint64(n) * uint64(n)
	p.frames += lost
	return lost
}

// NoWait returns at once when the next n audio frames are due, which may be long after now.
// None are lost, however late the caller is. If the alarm's context has ended, ok is false.
func (p *Pace) NoWait(alarm *clock.Alarm, n int) (due time.Duration, lost uint64, ok bool) {
	if n < 1 {
		panic("timing: no frames")
	}
	if !p.begun {
		p.begun, p.start = true, clock.Monotonic()
	}
	if !alarm.Wait(p.start) {
		return p.due(p.frames), 0, false
	}
	p.frames += uint64(n)
	return p.due(p.frames), 0, true
}

// Due returns when the last frames that were due, or lost, are complete.
func (p *Pace) Due() time.Duration { return p.due(p.frames) }

// Began returns when the last n audio frames that were due began.
func (p *Pace) Began(n int) time.Duration { return p.due(p.frames - uint64(n)) }

// due returns when a number of frames is complete, rounded up to the nanosecond.
func (p *Pace) due(frames uint64) time.Duration {
	seconds, rest := frames/p.rate, frames%p.rate
	high, low := bits.Mul64(rest, uint64(time.Second))
	low, carry := bits.Add64(low, p.rate-1, 0)
	nanoseconds, _ := bits.Div64(high+carry, low, p.rate)
	return p.start + time.Duration(seconds)*time.Second + time.Duration(nanoseconds)
}
