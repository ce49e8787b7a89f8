package webcam

import "time"

// decimator drops images so that those which are left come at a lower rate, as
// evenly as the device's own rate allows: of 30 images/s every third for 20. It
// goes by stamps, so that neither jitter nor lost images add up.
type decimator struct {
	period time.Duration // between two images that are wanted; 0 to drop none

	running bool
	due     time.Duration // when the next image is wanted, on CLOCK_MONOTONIC
}

// unwanted says whether an image is to be dropped, given its stamp and the
// device's own period: an image is kept that is nearer to the time at which one
// is wanted than the next would be.
func (d *decimator) unwanted(stamp, own time.Duration) bool {
	switch {
	case d.period == 0:
		return false
	case !d.running || stamp-d.due > d.period || d.due-stamp > 2*d.period:
		// The first one, or the first after a gap, or a clock that was set.
		d.running, d.due = true, stamp
	case stamp+own/2 < d.due:
		return true
	}
	d.due += d.period
	return false
}
