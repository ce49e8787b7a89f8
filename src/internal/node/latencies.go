package node

import (
	"slices"
	"time"
)

// Latencies keeps the newest latencies. Percentiles are exact, and no method
// allocates.
type Latencies struct {
	ring   [512]time.Duration // 17 s of 30 images/s, 5 s of 100 blocks/s
	count  int                // added since the last reset
	sorted [512]time.Duration // scratch
}

// Add takes one latency and forgets the oldest.
func (l *Latencies) Add(latency time.Duration) {
	l.ring[l.count%len(l.ring)] = latency
	l.count++
}

// Count returns the number of latencies added since the last reset.
func (l *Latencies) Count() int { return l.count }

// Reset forgets all latencies.
func (l *Latencies) Reset() { l.count = 0 }

// percentiles returns the smallest latencies that 50 % and 99 % of the kept ones do
// not exceed; ok is false if there are none.
func (l *Latencies) percentiles() (p50, p99 time.Duration, ok bool) {
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

// Milliseconds returns a duration [ms].
func Milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
