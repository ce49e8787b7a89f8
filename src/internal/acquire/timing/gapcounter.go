package timing

import (
	"math"
	"slices"
	"time"
)

// GapCounter estimates the images that a device has lost, by the gaps between its driver's
// stamps. It is for sources without V4L2's sequence numbers, which OpenCV and ffmpeg hide.
//
// The unit of a gap is the device's period at that time, which is not always the nominal one:
// cameras lengthen it by themselves when they need more light, and shorten it again. A loss is
// a gap among shorter intervals, a slower camera a gap among equal ones. So a gap is judged
// once the next two intervals are known, and its unit is the longest of four estimates: the
// nominal period, the lower quartile of the nine intervals before, the shorter of the two
// before, and the shorter of the two after. The quartile is right as long as a quarter of the
// images follow without a loss. Nor is a gap a loss as far as shorter intervals make up for it:
// then an image was late, and the next ones were not.
//
// Images are missed that were lost while the camera changed its period; a camera that is slower
// for three images or fewer counts as one that lost some.
type GapCounter struct {
	Period time.Duration // the device's nominal one; 0 if unknown

	last      time.Duration // stamp of the last image; 0 before the first
	intervals [gapsBefore + 1 + gapsAfter]time.Duration
	count     int // of intervals that are known, the newest at the end
}

const (
	gapsBefore = 9 // intervals before a gap, of which the quartile is taken
	gapsAfter  = 2 // intervals after a gap that are awaited
	gapsBeside = 2 // intervals on either side of a gap, of which the shorter is taken
)

// Lost takes the stamp of the next image. It returns the number of images missing in the gap
// that can be judged now, which ended two images before.
func (g *GapCounter) Lost(stamp time.Duration) uint64 {
	last := g.last
	g.last = stamp
	if last == 0 {
		return 0
	}
	copy(g.intervals[:], g.intervals[1:])
	g.intervals[len(g.intervals)-1] = stamp - last
	g.count = min(g.count+1, len(g.intervals))
	return g.missing(gapsAfter)
}

// Rest returns the number of images missing in the gaps that Lost has not judged yet, by what
// is known, and forgets all images.
func (g *GapCounter) Rest() uint64 {
	lost := uint64(0)
	for later := gapsAfter - 1; later >= 0; later-- {
		lost += g.missing(later)
	}
	*g = GapCounter{Period: g.Period}
	return lost
}

// missing returns the number of images missing in the interval that so many later ones
// followed.
func (g *GapCounter) missing(later int) uint64 {
	known := g.intervals[len(g.intervals)-g.count:]
	at := len(known) - 1 - later
	if at < 0 {
		return 0
	}
	before, after := known[:at], known[at+1:]
	unit := max(g.Period, shortest(before[max(0, len(before)-gapsBeside):]), shortest(after))
	if len(before) >= gapsBefore {
		var sorted [gapsBefore]time.Duration
		copy(sorted[:], before[len(before)-gapsBefore:])
		slices.Sort(sorted[:])
		unit = max(unit, sorted[gapsBefore/4])
	}
	if unit <= 0 {
		return 0 // the period is unknown yet
	}
	// Each interval is rounded by itself, so that errors of the unit do not add up.
	missing, least := 0., math.Inf(1)
	for _, interval := range known[at:] {
		missing += math.Round(float64(interval)/float64(unit)) - 1
		least = min(least, missing)
	}
	return uint64(max(0, least))
}

// shortest returns the shortest interval, 0 of none.
func shortest(intervals []time.Duration) time.Duration {
	if len(intervals) == 0 {
		return 0
	}
	return slices.Min(intervals)
}
