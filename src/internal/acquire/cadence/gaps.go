package cadence

import (
	"math"
	"slices"
	"time"
)

// GapCounter counts the images that a device has lost by the gaps between the
// stamps of its driver: V4L2 counts images too, but neither OpenCV nor ffmpeg tells.
//
// A gap is measured by the lower quartile of the last intervals, since cameras
// lengthen the period by themselves when they need more light: the quartile is
// the period as long as a quarter of the images come right after the one before.
type GapCounter struct {
	Period time.Duration // that the device promises; 0 where it does not

	last   time.Duration // stamp of the last image; 0 before the first
	recent [9]time.Duration
	count  int // of intervals so far
}

// Lost returns how many images are missing before the one with this stamp.
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
		return 0 // nobody knows yet how far apart images are
	}
	missing := math.Round(float64(gap)/float64(period)) - 1
	return uint64(max(0, missing))
}
