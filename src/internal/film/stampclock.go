package film

import (
	"math"
	"time"
)

const (
	// bandwidth is that of a stampClock [Hz]: stamps that jitter are smoothed over some
	// seconds, and a sample clock that changes is followed.
	bandwidth = 0.2

	// fastest bounds the angular frequency of the loop [rad/block], at the beginning and for
	// blocks that are long.
	fastest = 0.5

	// settling makes the loop slower from block to block at the beginning, until it has its
	// bandwidth: after n blocks it averages over n/settling of them.
	settling = 1.5

	// longestError is the difference of a stamp from what the blocks before it say beyond
	// which they are not taken into account: the clock was set.
	longestError = 100 * time.Millisecond

	// leastStretch and mostStretch bound the length of a block relative to the nominal one.
	leastStretch, mostStretch = 0.5, 2.
)

// stampClock tells the times of a microphone's audio frames on the clock of the stamps. It is
// a delay-locked loop of second order, as in F. Adriaensen, "Using a DLL to filter time"
// (2005): a sample clock that is constantly too fast or too slow leaves no error.
type stampClock struct {
	period float64 // [s] of an audio frame, as it is now
	end    float64 // [s] time of the frame after the newest block
	blocks int     // since the start
}

// start begins anew at a time [s], with the period of before.
func (c *stampClock) start(at float64) {
	c.end, c.blocks = at, 0
}

// skip goes over frames that are missing.
func (c *stampClock) skip(frames float64) { c.end += frames * c.period }

// off returns the difference of a stamp [s] from the expected one.
func (c *stampClock) off(stamp float64) float64 { return stamp - c.end }

// next takes the stamp [s] of a block of frames, and returns the times [s] of its first frame
// and of the frame after its last, as it estimates them. Blocks that follow each other join
// without a gap.
func (c *stampClock) next(stamp float64, frames int, rate float64) (begin, end float64) {
	n := float64(frames)
	off := c.off(stamp)
	c.blocks++
	omega := min(fastest, max(2*math.Pi*bandwidth*n/rate, settling/float64(c.blocks)))
	begin = c.end
	c.end += min(max(n*c.period+math.Sqrt2*omega*off, leastStretch*n/rate), mostStretch*n/rate)
	c.period += omega * omega * off / n
	c.period = min(max(c.period, leastStretch/rate), mostStretch/rate)
	return begin, c.end
}
