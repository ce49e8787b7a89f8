package node

import (
	"slices"
	"time"
)

// latencies keeps the newest latencies, so that percentiles are exact and
// neither adding nor asking allocates.
type latencies struct {
	ring   [512]time.Duration // 17 s of 30 images/s, 5 s of 100 blocks/s
	count  int                // added since the last reset
	sorted [512]time.Duration // scratch
}

// add takes one latency and forgets the oldest.
func (l *latencies) add(latency time.Duration) {
	l.ring[l.count%len(l.ring)] = latency
	l.count++
}

// reset forgets all.
func (l *latencies) reset() { l.count = 0 }

// percentiles returns the least latency that at least half, and at least 99 of
// a hundred, of the kept ones do not exceed; ok is false where there is none.
func (l *latencies) percentiles() (p50, p99 time.Duration, ok bool) {
	n := min(l.count, len(l.ring))
	if n == 0 {
		return 0, 0, false
	}
	sorted := l.sorted[:n]
	copy(sorted, l.ring[:n])
	slices.Sort(sorted)
	rank := func(percent int) time.Duration { return sorted[(n*percent+99)/100-1] }
	return rank(50), rank(99), true
}
