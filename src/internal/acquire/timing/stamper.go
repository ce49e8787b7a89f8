package timing

import "time"

// Stamper dates the images of a device by its driver's stamps, if these can be right.
type Stamper struct {
	Last   time.Duration // stamp of the last image, or a time before the first, on CLOCK_MONOTONIC
	Period time.Duration // between two images; 0 if unknown
}

// ahead, or Period if that is longer, bounds stamps in the future: some drivers stamp with the
// end of the present period.
const ahead = 50 * time.Millisecond

// OddStamp is the format of a notice about an odd stamp and the time of arrival.
const OddStamp = "the driver stamps an image with %v, which is no time on CLOCK_MONOTONIC since the image before: the time of arrival, %v, is taken instead"

// Stamp returns when an image was acquired, given its driver's time and the time now of its
// arrival. It is the driver's time if that lies between the last image and now; ofDriver is
// then true. Otherwise it is now; odd says that the driver's time is none on
// CLOCK_MONOTONIC, rather than one slightly in the future. Stamps always grow.
func (s *Stamper) Stamp(driver, now time.Duration) (stamp time.Duration, ofDriver, odd bool) {
	if driver > s.Last && driver <= now {
		s.Last = driver
		return driver, true, false
	}
	odd = driver <= s.Last || driver > now+max(ahead, s.Period)
	s.Last = max(now, s.Last+1)
	return s.Last, false, odd
}
