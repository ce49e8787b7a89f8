package dsp

import (
	"math"
	"slices"
)

// Scaling says what the numbers of a spectrum mean, as in av_capture/Spectrum.
type Scaling string

// The scalings; the package's text gives their formulas.
const (
	Amplitude Scaling = "AMPLITUDE" // [FS] peak amplitude of a sine in the bin
	Power     Scaling = "POWER"     // [FS²] Amplitude squared
	Density   Scaling = "DENSITY"   // [FS²/Hz] one-sided power spectral density
	Decibel   Scaling = "DECIBEL"   // [dBFS] 20 log10 of Amplitude
)

// Scalings lists all of them.
var Scalings = []Scaling{Amplitude, Power, Density, Decibel}

func (s Scaling) known() bool { return slices.Contains(Scalings, s) }

// FloorDecibels is the smallest level that [Decibels] returns [dBFS]: that of
// an amplitude of 1e-15, which is where the rounding of a transform in double
// precision lies. Silence reads this instead of −∞, which plots and YAML
// cannot take.
const FloorDecibels = -300

// Decibels converts an amplitude relative to full scale to dBFS: 0 for 1.0,
// never less than [FloorDecibels].
func Decibels(amplitude float64) float64 {
	if amplitude <= 1e-15 {
		return FloorDecibels
	}
	return 20 * math.Log10(amplitude)
}
