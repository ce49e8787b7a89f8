package dsp

import (
	"math"
	"slices"
)

// Scaling is the quantity and unit of a spectrum, named as in av_capture/Spectrum.
type Scaling string

// The scalings. The package comment has their formulas.
const (
	Amplitude Scaling = "AMPLITUDE" // [FS] peak amplitude of a sine in the bin
	Power     Scaling = "POWER"     // [FS²] Amplitude squared
	Density   Scaling = "DENSITY"   // [FS²/Hz] one-sided power spectral density
	Decibel   Scaling = "DECIBEL"   // [dBFS] 20 log10 of Amplitude
)

// Scalings lists all of them. Each needs a case in [Spectrum.Mean] and in Spectrum.level, and
// a formula in the package comment, in msg/Spectrum.msg and in the parameter's description
// (node/microphone).
var Scalings = []Scaling{Amplitude, Power, Density, Decibel}

func (s Scaling) known() bool { return slices.Contains(Scalings, s) }

// FloorDecibels is the smallest level of [Decibels] [dBFS], for amplitudes up to 1e-15, the
// rounding of a transform in double precision. Silence reads this instead of −∞, which
// plots and YAML do not accept.
const FloorDecibels = -300

// Decibels converts an amplitude relative to full scale to a level [dBFS]: 20·log10, at
// least [FloorDecibels].
func Decibels(amplitude float64) float64 {
	if amplitude <= 1e-15 {
		return FloorDecibels
	}
	return 20 * math.Log10(amplitude)
}
