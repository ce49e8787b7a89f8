package skew

import (
	"math"
	"slices"
	"time"
)

// Summary holds the statistics of pairs.
type Summary struct {
	Events   int
	Median   time.Duration // of the skews
	P1, P99  time.Duration // percentiles of the skews
	MAD      time.Duration // median absolute deviation from the median
	Error    time.Duration // standard error of the median that the scatter of the skews gives
	Interval time.Duration // median time from event to event; 0 of less than two

	// Drift is the slope of the skew over time [s/s], by the median of the slopes of all
	// pairs of events (Theil and Sen), which outliers do not change; of more than 1000
	// events, 1000 are taken, evenly spread. NaN of less than ten events.
	Drift float64

	// DriftError is the standard error of the slope that the scatter of the skews alone
	// would give [s/s].
	DriftError float64
}

// fewestForDrift is the smallest number of events that a drift is computed from.
const fewestForDrift = 10

// driftEvents is the largest number of events that the drift is computed from; of more, as
// many are taken evenly.
const driftEvents = 1000

// Summarize computes the statistics of at least one pair, in the order of time.
func Summarize(pairs []Pair) Summary {
	skews := make([]float64, len(pairs))
	for i, p := range pairs {
		skews[i] = float64(p.Skew())
	}
	s := Summary{Events: len(pairs), Drift: math.NaN(), DriftError: math.NaN()}
	sorted := slices.Clone(skews)
	slices.Sort(sorted)
	middle := quantile(sorted, 0.5)
	s.Median, s.P1, s.P99 = nanoseconds(middle), nanoseconds(quantile(sorted, 0.01)), nanoseconds(quantile(sorted, 0.99))
	s.MAD = nanoseconds(absoluteDeviation(skews, middle))
	// The median's standard error of normal samples.
	s.Error = nanoseconds(deviation * absoluteDeviation(skews, middle) * math.Sqrt(math.Pi/2/float64(len(pairs))))
	if len(pairs) > 1 {
		var intervals []float64
		for i := range pairs[1:] {
			intervals = append(intervals, float64(pairs[i+1].Sound-pairs[i].Sound))
		}
		s.Interval = nanoseconds(median(intervals))
	}
	if len(pairs) >= fewestForDrift {
		s.Drift, s.DriftError = drift(pairs, skews)
	}
	return s
}

// drift returns the slope of the skews, and its error.
func drift(pairs []Pair, skews []float64) (slope, standardError float64) {
	var times, values []float64
	n := min(len(pairs), driftEvents)
	for i := range n {
		at := i * len(pairs) / n
		times = append(times, float64(pairs[at].Sound-pairs[0].Sound))
		values = append(values, skews[at])
	}
	var slopes []float64
	for i := range times {
		for j := range i {
			if times[i] != times[j] {
				slopes = append(slopes, (values[i]-values[j])/(times[i]-times[j]))
			}
		}
	}
	if len(slopes) == 0 {
		return math.NaN(), math.NaN()
	}
	slope = median(slopes)
	mean, square := 0.0, 0.0
	for i, t := range times {
		values[i] -= slope * t
		mean += t / float64(n)
	}
	for _, t := range times {
		square += (t - mean) * (t - mean)
	}
	scatter := deviation * absoluteDeviation(values, median(slices.Clone(values)))
	return slope, scatter / math.Sqrt(square)
}

// absoluteDeviation returns the median absolute deviation of values from their middle.
func absoluteDeviation(values []float64, middle float64) float64 {
	off := make([]float64, len(values))
	for i, value := range values {
		off[i] = math.Abs(value - middle)
	}
	return median(off)
}

// median returns the median of at least one value, which it sorts.
func median(values []float64) float64 {
	slices.Sort(values)
	return quantile(values, 0.5)
}

// quantile returns the quantile of sorted values, interpolated between the two nearest.
func quantile(sorted []float64, share float64) float64 {
	at := share * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	return sorted[below] + (at-float64(below))*(sorted[above]-sorted[below])
}

func nanoseconds(n float64) time.Duration { return time.Duration(math.Round(n)) }
