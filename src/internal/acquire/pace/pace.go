// Package pace gives sources without hardware a sound card's sense of time:
// audio frames become due at the sample rate, and a consumer that is late finds
// them waiting, up to the size of a buffer.
package pace

import (
	"math"
	"math/bits"
	"time"

	"av_capture/src/internal/acquire"
)

// Buffered is how much sound waits for a late consumer. What is older is lost,
// as in a sound card's buffer.
const Buffered = 500 * time.Millisecond

// Pace tells when audio frames are due, by absolute times on CLOCK_MONOTONIC:
// it neither drifts nor adds up delays. One goroutine uses a Pace at a time.
type Pace struct {
	rate   uint64
	begun  bool
	start  time.Duration // when frame 0 begins
	frames uint64        // handed out or lost
}

// New returns a Pace of so many audio frames a second. It panics unless there
// is at least one.
func New(rate int) *Pace {
	if rate < 1 {
		panic("pace: no sample rate")
	}
	return &Pace{rate: uint64(rate)}
}

// Next waits until the next n audio frames are due and returns the time. lost
// frames have gone before them, a multiple of n: the caller was late by more
// than Buffered. The first call begins frame 0. When the alarm's context ends
// first, ok is false. It panics unless n is positive.
func (p *Pace) Next(alarm *acquire.Alarm, n int) (now time.Duration, lost uint64, ok bool) {
	if n < 1 {
		panic("pace: no frames")
	}
	now = acquire.Monotonic()
	if !alarm.Wait(now) {
		return now, 0, false
	}
	if !p.begun {
		p.begun, p.start = true, now
	}
	if late := now - p.due(p.frames+uint64(n)); late > Buffered {
		// Rounded up: with a part of a frame left, the period would be late by
		// more than Buffered all the same.
		behind := uint64(math.Ceil((late - Buffered).Seconds() * float64(p.rate)))
		lost = (behind + uint64(n) - 1) / uint64(n) * uint64(n)
		p.frames += lost
	}
	p.frames += uint64(n)
	if due := p.due(p.frames); now < due {
		if !alarm.Wait(due) {
			p.frames -= uint64(n) // they are still to come
			return now, 0, false  // there is no wait after a loss
		}
		now = acquire.Monotonic()
	}
	return now, lost, true
}

// Hurry does not wait: it returns when the next n audio frames are due, which may
// be long after now. None are lost, however late the caller is. As for Next, ok is
// false when the alarm's context has ended.
func (p *Pace) Hurry(alarm *acquire.Alarm, n int) (due time.Duration, lost uint64, ok bool) {
	if n < 1 {
		panic("pace: no frames")
	}
	if !p.begun {
		p.begun, p.start = true, acquire.Monotonic()
	}
	if !alarm.Wait(p.start) {
		return p.due(p.frames), 0, false
	}
	p.frames += uint64(n)
	return p.due(p.frames), 0, true
}

// Began returns when the newest n audio frames that were handed out began.
func (p *Pace) Began(n int) time.Duration { return p.due(p.frames - uint64(n)) }

// due returns when the first so many frames have been acquired, rounded up to
// the nanosecond.
func (p *Pace) due(frames uint64) time.Duration {
	seconds, rest := frames/p.rate, frames%p.rate
	high, low := bits.Mul64(rest, uint64(time.Second))
	low, carry := bits.Add64(low, p.rate-1, 0)
	nanoseconds, _ := bits.Div64(high+carry, low, p.rate)
	return p.start + time.Duration(seconds)*time.Second + time.Duration(nanoseconds)
}
