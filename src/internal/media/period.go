package media

import "time"

// Period is the sound of one callback of a sound card: consecutive audio frames that follow
// the last period without a gap, but for Lost and Overrun.
//
// The source owns Data: it is valid until emit returns.
type Period struct {
	Data    []byte        // interleaved samples
	Frames  int           // [audio frames] in Data
	Arrival time.Duration // when the source got the period, on CLOCK_MONOTONIC: never before the acquisition of its last audio frame
	Waiting int           // [audio frames] behind these that had been acquired too at Arrival, as far as the source knows: it can tell the time by them
	Exact   bool          // Arrival tells when they had been acquired, Waiting included, to some milliseconds, however late the source took them
	Lost    uint64        // [audio frames] that the source lost just before this period, as far as it knows
	Overrun bool          // the source lost sound of unknown size just before this period
}
