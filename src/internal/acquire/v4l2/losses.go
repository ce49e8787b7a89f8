package v4l2

import (
	"math"
	"time"

	"av_capture/src/internal/acquire/timing"
)

// lossCounter counts the images that a driver had to drop, by the gaps of its sequence
// numbers. As long as a driver's numbers do not grow, it does not count: then the gaps between
// stamps tell, some images later (see [timing.GapCounter]).
type lossCounter struct {
	gaps      timing.GapCounter
	estimates bool // the last image was counted by gaps
	known     bool // last is known
	last      uint32
	lastStamp time.Duration // 0 if unknown
}

// lost returns the number of images known to be missing since the last call, given the
// sequence number and the driver's stamp of an image.
func (c *lossCounter) lost(sequence uint32, stamp time.Duration) uint64 {
	step := sequence - c.last // modulo 2^32, as drivers count
	first, lastStamp := !c.known, c.lastStamp
	c.known, c.last, c.lastStamp = true, sequence, stamp
	switch {
	case first:
		return 0
	case step != 0 && step <= math.MaxInt32:
		lost := uint64(step - 1)
		if c.estimates {
			c.estimates = false
			lost += c.gaps.Rest()
		}
		return lost
	case stamp == 0:
		return 0
	}
	if !c.estimates {
		c.estimates = true
		if lastStamp > 0 {
			c.gaps.Lost(lastStamp) // where the gap begins
		}
	}
	return c.gaps.Lost(stamp)
}
