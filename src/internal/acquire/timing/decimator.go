package timing

import (
	"math"
	"time"
)

// RateTolerance is the relative difference of rates that count as the same: 29.97 and 30.
const RateTolerance = 0.0015

// Decimator drops images for a lower rate, as evenly as the device's own rate allows: every
// third of 30 images/s for 20. It uses stamps, so that neither jitter nor lost images add
// up.
type Decimator struct {
	Period time.Duration // between two images that are wanted; 0 to drop none

	running bool
	due     time.Duration // when the next image is wanted, on CLOCK_MONOTONIC
}

// NewDecimator returns a Decimator from a device's own rate to the wanted one, and the
// resulting rate [images/s]. That is the device's if it is unknown (0) or not higher, or if
// all images are wanted (0).
func NewDecimator(own, wanted float64) (d Decimator, rate float64) {
	if wanted > 0 && own > wanted*(1+RateTolerance) {
		return Decimator{Period: Period(wanted)}, wanted
	}
	return Decimator{}, own
}

// Period returns the time from image to image at a rate [images/s]; 0 if that is unknown (0).
func Period(rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(math.Round(float64(time.Second) / rate))
}

// Unwanted reports whether to drop an image, given its stamp and the device's own period: it
// keeps the image that is nearest to the time at which one is wanted.
func (d *Decimator) Unwanted(stamp, own time.Duration) bool {
	switch {
	case d.Period == 0:
		return false
	case !d.running || stamp-d.due > d.Period || d.due-stamp > 2*d.Period:
		// The first image, or the first one after a gap or a step of the clock.
		d.running, d.due = true, stamp
	case stamp+own/2 < d.due:
		return true
	}
	d.due += d.Period
	return false
}
