package nodetest

import (
	"slices"
	"time"
)

// Median returns the median [s].
func Median(values []time.Duration) float64 {
	slices.Sort(values)
	return values[len(values)/2].Seconds()
}
