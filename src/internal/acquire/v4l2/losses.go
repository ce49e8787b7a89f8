package v4l2

import (
	"math"
	"time"

	"av_capture/src/internal/acquire/timing"
)

// lossCounter counts the images that a driver had to drop, by the gaps of its sequence
// numbers. If a number does not grow, the driver does not count: then it counts by the gaps
// between stamps.
type lossCounter struct {
	gaps  timing.GapCounter
	known bool // last is known
	last  uint32
}

// lost returns the number of images missing before the one with a sequence number and a
// driver's stamp.
func (c *lossCounter) lost(sequence uint32, stamp time.Duration) uint64 {
	step := sequence - c.last // modulo 2^32, as drivers count
	first := !c.known
	c.known, c.last = true, sequence
	estimated := uint64(0)
	if stamp > 0 {
		estimated = c.gaps.Lost(stamp)
	}
	switch {
	case first:
		return 0
	case step == 0 || step > math.MaxInt32:
		return estimated
	}
	return uint64(step - 1)
}
