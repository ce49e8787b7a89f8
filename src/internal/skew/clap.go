package skew

import (
	"slices"
	"time"
)

const (
	// clapSpeed is the least motion of a clap, as a share of the fastest in the newest
	// images, which tells hands that clap from hands that part, and clapMotion the least at
	// all, as a mean share of full scale.
	clapSpeed  = 0.6
	clapMotion = 0.005

	// clapStop is the largest share of the fastest motion that may be left after the image
	// in which hands meet: other motion ends slowly.
	clapStop = 0.3
)

// ClapDetector is an [ImageDetector] that finds when fast motion stops, in the change from
// image to image. Hands that clap are fastest just before they meet. The time is exact to about
// half a period: it is the stamp of the last image that moved by half as much as the fastest.
// The zero ClapDetector is ready.
type ClapDetector struct {
	history
}

// Add implements [ImageDetector].
func (d *ClapDetector) Add(stamp time.Duration, change float64) (event time.Duration, found bool) {
	taken := d.add(stamp, change)
	k, enough := d.judged()
	if !taken || !enough {
		return 0, false
	}
	sorted := slices.Sorted(slices.Values(d.values))
	still := quantile(sorted, 0.25) // the noise of images without motion
	motion := func(image int) float64 { return d.values[image] - still }
	fastest := max(motion(k-2), motion(k-1), motion(k))
	if fastest < max(clapMotion, clapSpeed*(sorted[len(sorted)-1]-still)) {
		return 0, false
	}
	if motion(k) < fastest/2 || motion(k+1) >= fastest/2 || max(motion(k+2), motion(k+3)) >= clapStop*fastest {
		return 0, false
	}
	if period := d.Period(); !d.complete(k, period) || !d.complete(k+1, period) {
		d.doubtful++
		return 0, false
	}
	return d.stamps[k], true
}
