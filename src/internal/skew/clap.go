package skew

import (
	"time"
)

const (
	// clapContrast is the least motion of a clap, in multiples of the usual one, and
	// clapMotion the least at all, as a mean share of full scale.
	clapContrast = 2
	clapMotion   = 0.005

	// clapStop is the largest share of the fastest motion that may be left after the image
	// in which hands meet: other motion ends slowly.
	clapStop = 0.3
)

// ClapDetector is an [ImageDetector] that finds when fast motion stops, in the change from
// image to image. Hands that clap are fastest just before they meet. The time is exact to
// half a period: it is the stamp of the last image that moved by half as much as the fastest.
// The zero ClapDetector is ready.
type ClapDetector struct {
	history
	doubtful int
}

// Add implements [ImageDetector].
func (d *ClapDetector) Add(stamp time.Duration, motion float64) (event time.Duration, found bool) {
	d.history.add(stamp, motion)
	k, ok := d.judged()
	if !ok {
		return 0, false
	}
	fastest := max(d.values[k-2], d.values[k-1], d.values[k])
	if fastest < max(clapMotion, clapContrast*median(append([]float64(nil), d.values...))) || d.values[k] < fastest/2 {
		return 0, false
	}
	if d.values[k+1] >= fastest/2 || max(d.values[k+2], d.values[k+3]) >= clapStop*fastest {
		return 0, false
	}
	if period := d.period(); !d.complete(k, period) || !d.complete(k+1, period) {
		d.doubtful++
		return 0, false
	}
	return d.stamps[k], true
}

// Searched implements [ImageDetector].
func (d *ClapDetector) Searched() time.Duration { return d.searched() }

// Doubtful implements [ImageDetector].
func (d *ClapDetector) Doubtful() int { return d.doubtful }
