package node

import "time"

// rateSpan is how many reports a rate is taken over: with one a second a rate
// of 30 Hz is known within 1 %.
const rateSpan = 5

// rate measures how often something happens, from a count that is read at each
// report.
type rate struct {
	counts [rateSpan + 1]uint64
	times  [rateSpan + 1]time.Duration // of reading them, on CLOCK_MONOTONIC
	n      int                         // readings
}

// reset begins anew, with the count at this time.
func (r *rate) reset(count uint64, now time.Duration) {
	r.n = 0
	r.add(count, now)
}

// add takes a reading and forgets the oldest.
func (r *rate) add(count uint64, now time.Duration) {
	if r.n == len(r.counts) {
		copy(r.counts[:], r.counts[1:])
		copy(r.times[:], r.times[1:])
		r.n--
	}
	r.counts[r.n], r.times[r.n] = count, now
	r.n++
}

// span returns how much was counted in how much time.
func (r *rate) span() (count float64, elapsed float64) {
	if r.n < 2 {
		return 0, 0
	}
	return float64(r.counts[r.n-1] - r.counts[0]), (r.times[r.n-1] - r.times[0]).Seconds()
}

// hertz returns the rate [Hz], 0 where it is not known yet.
func (r *rate) hertz() float64 {
	count, elapsed := r.span()
	if elapsed <= 0 {
		return 0
	}
	return count / elapsed
}

// below says whether the rate is surely less than so many Hz: a whole span is
// known, and one event more would not make up for it.
func (r *rate) below(limit float64) bool {
	count, elapsed := r.span()
	return r.n == len(r.counts) && count+1 < limit*elapsed
}
