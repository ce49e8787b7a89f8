// Package cadence goes by the stamps of a device's images: it drops those that
// come more often than they are wanted, and counts those that the device lost.
package cadence

import (
	"math"
	"time"
)

// RateTolerance is the share by which rates may differ that are meant to be the
// same: 29.97 and 30.
const RateTolerance = 0.0015

// Decimator drops images so that those which are left come at a lower rate, as
// evenly as the device's own rate allows: of 30 images/s every third for 20. It
// goes by stamps, so that neither jitter nor lost images add up.
type Decimator struct {
	Period time.Duration // between two images that are wanted; 0 to drop none

	running bool
	due     time.Duration // when the next image is wanted, on CLOCK_MONOTONIC
}

// New returns what makes a rate of a device's own, and the rate that comes of it
// [images/s]: the device's, if that is not higher or not known (0), or if every
// image is wanted (0).
func New(own, wanted float64) (d Decimator, rate float64) {
	if wanted > 0 && own > wanted*(1+RateTolerance) {
		return Decimator{Period: Period(wanted)}, wanted
	}
	return Decimator{}, own
}

// Period returns the time from image to image at a rate [images/s]; 0 where that is
// not known (0).
func Period(rate float64) time.Duration {
	if rate <= 0 {
		return 0
	}
	return time.Duration(math.Round(float64(time.Second) / rate))
}

// Unwanted says whether an image is to be dropped, given its stamp and the
// device's own period: an image is kept that is nearer to the time at which one
// is wanted than the next would be.
func (d *Decimator) Unwanted(stamp, own time.Duration) bool {
	switch {
	case d.Period == 0:
		return false
	case !d.running || stamp-d.due > d.Period || d.due-stamp > 2*d.Period:
		// The first one, or the first after a gap, or a clock that was set.
		d.running, d.due = true, stamp
	case stamp+own/2 < d.due:
		return true
	}
	d.due += d.Period
	return false
}
