package timing

import (
	"math"
	"slices"
	"time"
)

// GapCounter counts the images that a device has lost, by the gaps between its driver's
// stamps: OpenCV and ffmpeg hide V4L2's sequence numbers.
//
// The unit of a gap is the lower quartile of the last intervals, since cameras lengthen their
// period when they need more light: the quartile is the period as long as a quarter of the
// images follow without a loss.
type GapCounter struct {
	Period time.Duration // the device's nominal one; 0 if unknown

	last   time.Duration // stamp of the last image; 0 before the first
	recent [9]time.Duration
	count  int // of intervals so far
}

// Lost returns the number of images missing before the one with this stamp.
func (g *GapCounter) Lost(stamp time.Duration) uint64 {
	last := g.last
	g.last = stamp
	if last == 0 {
		return 0
	}
	gap := stamp - last
	period := g.Period
	if g.count >= len(g.recent) {
		sorted := g.recent
		slices.Sort(sorted[:])
		period = max(period, sorted[len(sorted)/4])
	}
	g.recent[g.count%len(g.recent)] = gap
	g.count++
	if period <= 0 {
		return 0 // the period is unknown yet
	}
	missing := math.Round(float64(gap)/float64(period)) - 1
	return uint64(max(0, missing))
}
