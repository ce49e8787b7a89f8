package node

import "time"

// rateSpan is the number of reports that a rate is taken over: with one a second, a
// rate of 30 Hz is known within 1 %.
const rateSpan = 5

// LowRate is the share of the expected rate below which the diagnostics warn, as
// those of diagnostic_updater do.
const LowRate = 0.9

// Rate is the rate of events, from a count that is read at each report.
type Rate struct {
	counts [rateSpan + 1]uint64
	times  [rateSpan + 1]time.Duration // of reading them, on CLOCK_MONOTONIC
	n      int                         // readings
}

// Reset starts again, with the count at this time.
func (r *Rate) Reset(count uint64, now time.Duration) {
	r.n = 0
	r.Add(count, now)
}

// Add takes a reading and forgets the oldest.
func (r *Rate) Add(count uint64, now time.Duration) {
	if r.n == len(r.counts) {
		copy(r.counts[:], r.counts[1:])
		copy(r.times[:], r.times[1:])
		r.n--
	}
	r.counts[r.n], r.times[r.n] = count, now
	r.n++
}

// span returns the count over the kept readings, and their time [s].
func (r *Rate) span() (count float64, elapsed float64) {
	if r.n < 2 {
		return 0, 0
	}
	return float64(r.counts[r.n-1] - r.counts[0]), (r.times[r.n-1] - r.times[0]).Seconds()
}

// Hertz returns the rate [Hz], 0 while it is unknown.
func (r *Rate) Hertz() float64 {
	count, elapsed := r.span()
	if elapsed <= 0 {
		return 0
	}
	return count / elapsed
}

// Below reports whether the rate is surely below a limit [Hz]: a whole span is known,
// and one more event would not change it.
func (r *Rate) Below(limit float64) bool {
	count, elapsed := r.span()
	return r.n == len(r.counts) && count+1 < limit*elapsed
}
