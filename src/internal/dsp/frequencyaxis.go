package dsp

import (
	"fmt"
	"math"
	"slices"
)

// FrequencyScale is the division of a [FrequencyAxis].
type FrequencyScale string

// The frequency scales.
const (
	Linear      FrequencyScale = "linear"      // rows of equal width [Hz]
	Logarithmic FrequencyScale = "logarithmic" // rows of equal frequency ratio
	Mel         FrequencyScale = "mel"         // rows of equal pitch, as heard
)

// FrequencyScales lists all.
var FrequencyScales = []FrequencyScale{Linear, Logarithmic, Mel}

// melCorner is the frequency [Hz] of 2595 log10(1 + f/700) mel, below which the scale is
// nearly linear and above which it is nearly logarithmic (D. O'Shaughnessy, Speech
// Communication: Human and Machine, 1987, page 150). The factor does not matter to rows.
const melCorner = 700

// FrequencyAxis divides a range of frequencies into rows of an image, with the highest at
// the top. Row r of n, counted from 0 at the top, reaches
//
//	linear       from lo + (hi−lo)·(n−1−r)/n  to lo + (hi−lo)·(n−r)/n
//	logarithmic  from lo·(hi/lo)^((n−1−r)/n)  to lo·(hi/lo)^((n−r)/n)
//	mel          as logarithmic, with lo + 700, hi + 700 and the results less 700
type FrequencyAxis struct {
	Minimum float64 // [Hz] lo, lower edge of the bottom row; above 0 for Logarithmic
	Maximum float64 // [Hz] hi, upper edge of the top row
	Rows    int
	Scale   FrequencyScale
}

func (a FrequencyAxis) validate() error {
	switch {
	case a.Rows < 1:
		return fmt.Errorf("dsp: frequency axis of %d rows, must be at least 1", a.Rows)
	case !slices.Contains(FrequencyScales, a.Scale):
		return fmt.Errorf("dsp: unknown frequency scale %q, must be one of %v", a.Scale, FrequencyScales)
	case !(a.Minimum >= 0 && a.Minimum < a.Maximum) || math.IsInf(a.Maximum, 0):
		return fmt.Errorf("dsp: frequencies from %v to %v Hz: the minimum must be 0 or more, and below the maximum", a.Minimum, a.Maximum)
	case a.Scale == Logarithmic && a.Minimum == 0:
		return fmt.Errorf("dsp: frequencies from 0 Hz: a logarithmic scale has no zero")
	}
	return nil
}

// Edge returns the upper edge of a row [Hz], which is the lower edge of the row
// above it; Edge(Rows) is the lower edge of the whole axis.
func (a FrequencyAxis) Edge(row int) float64 {
	return a.at(float64(a.Rows-row) / float64(a.Rows))
}

// Center returns the frequency in the middle of a row [Hz], on the axis's scale.
func (a FrequencyAxis) Center(row int) float64 {
	return a.at((float64(a.Rows-row) - 0.5) / float64(a.Rows))
}

// at returns the frequency at a height from 0 to 1 [Hz].
func (a FrequencyAxis) at(height float64) float64 {
	switch a.Scale {
	case Logarithmic:
		return a.Minimum * math.Pow(a.Maximum/a.Minimum, height)
	case Mel:
		low := a.Minimum + melCorner
		return low*math.Pow((a.Maximum+melCorner)/low, height) - melCorner
	}
	return a.Minimum + (a.Maximum-a.Minimum)*height
}

// span is the range [first, end) of a row's bins.
type span struct{ first, end int }

// spans returns the bins of each row: those whose centres lie in the row, with its lower
// edge, and in the top row with its upper one too. A row narrower than a bin has the bin
// closest to its centre, a row above all bins has none.
func (a FrequencyAxis) spans(bins int, spacing float64) []span {
	// index returns the first bin at or above a frequency. Equal frequencies of edges
	// and bins may differ in their last digit.
	index := func(frequency float64) int {
		return int(min(math.Ceil(frequency/spacing-1e-9), float64(bins)))
	}
	spans := make([]span, a.Rows)
	for row := range spans {
		s := span{index(a.Edge(row + 1)), index(a.Edge(row))}
		if row == 0 {
			s.end = int(min(math.Floor(a.Maximum/spacing+1e-9)+1, float64(bins)))
		}
		if s.first >= s.end {
			s = span{}
			if closest := math.Round(a.Center(row) / spacing); closest < float64(bins) {
				s = span{int(closest), int(closest) + 1}
			}
		}
		spans[row] = s
	}
	return spans
}
