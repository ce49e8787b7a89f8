package main

import (
	"math"
	"sync/atomic"
)

// packetPeriod is the time between two packets of sound [ns].
const packetPeriod = 1e6

// rateError is a clock's deviation [ppm], which may be changed while it runs.
type rateError struct{ bits atomic.Uint64 }

func (e *rateError) Store(ppm float64) { e.bits.Store(math.Float64bits(ppm)) }
func (e *rateError) Load() float64     { return math.Float64frombits(e.bits.Load()) }

// soundClock is the microphone's: which audio frame is acquired when.
type soundClock struct {
	rate   float64 // nominal [Hz]
	ppm    float64
	origin int64   // instant
	frames float64 // acquired at the origin
	sent   int     // audio frames that packets have taken
	ended  int64   // instant until which they have
}

// newSoundClock starts one at an instant; first is the next audio frame.
func newSoundClock(rate int, ppm float64, instant int64, first int) *soundClock {
	return &soundClock{rate: float64(rate), ppm: ppm, origin: instant, frames: float64(first),
		sent: first, ended: instant}
}

// position is the number of audio frames that are acquired at an instant.
func (c *soundClock) position(instant int64) float64 {
	return c.frames + float64(instant-c.origin)*c.rate*(1+c.ppm*1e-6)/1e9
}

// setPPM changes its rate from the end of the last packet on.
func (c *soundClock) setPPM(ppm float64) {
	if ppm != c.ppm {
		c.frames, c.origin = c.position(c.ended), c.ended
		c.ppm = ppm
	}
}

// packet takes the audio frames of the next packet: those acquired in the millisecond after
// the packet before, and what that had no room for.
func (c *soundClock) packet(room int) (first, count int) {
	c.ended += packetPeriod
	first = c.sent
	count = max(0, min(int(c.position(c.ended))-c.sent, room))
	c.sent += count
	return first, count
}

// sample is the audio frame that is acquired at an instant, to the nearest.
func (c *soundClock) sample(instant int64) int { return int(math.Round(c.position(instant))) }
