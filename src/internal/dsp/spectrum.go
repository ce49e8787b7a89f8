package dsp

import (
	"fmt"
	"math"
)

// SpectrumConfig configures a [Spectrum]. All fields are required.
type SpectrumConfig struct {
	SampleRate float64 // [Hz]
	Channels   int     // samples per audio frame
	WindowSize int     // [audio frames] in one window, at least 2; products of 2, 3 and 5 are fastest
	Window     Window
	Scaling    Scaling
}

// Spectrum computes spectra of windows of sound, one after the other. The transform, the
// window's samples and the scratch memory are made once. One goroutine at a time uses a
// Spectrum.
type Spectrum struct {
	config    SpectrumConfig
	transform transform
	window    []float64
	edge      float64 // factor of |X| for the bins without a mirror image (of |X|² for Density)
	inner     float64 // the same for all other bins

	windowed     []float64
	coefficients []complex128
	power        []float64 // Σ|X|² of the windows since the last Mean, channels × bins
	windows      int       // number of those windows
}

// NewSpectrum returns a Spectrum, or an error that names a field and its allowed values.
func NewSpectrum(config SpectrumConfig) (*Spectrum, error) {
	if !(config.SampleRate > 0) {
		return nil, fmt.Errorf("dsp: sample rate %v Hz, must be positive", config.SampleRate)
	}
	if config.Channels < 1 {
		return nil, fmt.Errorf("dsp: %d channels, must be at least 1", config.Channels)
	}
	if config.WindowSize < 2 {
		return nil, fmt.Errorf("dsp: window size %d, must be at least 2", config.WindowSize)
	}
	if !config.Scaling.known() {
		return nil, fmt.Errorf("dsp: unknown scaling %q, must be one of %v", config.Scaling, Scalings)
	}
	window, err := config.Window.Samples(config.WindowSize)
	if err != nil {
		return nil, err
	}
	var sum, sumOfSquares float64
	for _, w := range window {
		sum += w
		sumOfSquares += w * w
	}
	s := &Spectrum{
		config:       config,
		transform:    newTransform(config.WindowSize),
		window:       window,
		windowed:     make([]float64, config.WindowSize),
		coefficients: make([]complex128, config.WindowSize/2+1),
	}
	s.power = make([]float64, config.Channels*s.Bins())
	s.edge = 1 / sum
	if config.Scaling == Density {
		s.edge = 1 / (config.SampleRate * sumOfSquares)
	}
	s.inner = 2 * s.edge
	return s, nil
}

// Config returns the configuration.
func (s *Spectrum) Config() SpectrumConfig { return s.config }

// Bins returns the number of bins per channel: window size / 2 + 1, rounded down.
func (s *Spectrum) Bins() int { return len(s.coefficients) }

// Frequency returns the centre of a bin [Hz].
func (s *Spectrum) Frequency(bin int) float64 {
	return float64(bin) * s.config.SampleRate / float64(s.config.WindowSize)
}

// Compute computes the spectrum of one window of interleaved samples, window size ×
// channels, into dst, channels × bins, row-major: all bins of the first channel, then those
// of the second. It allocates nothing, and panics if samples or dst have another size.
func (s *Spectrum) Compute(dst []float32, samples []float64) {
	s.Discard()
	s.Add(samples)
	s.Mean(dst)
}

// Add adds one window of interleaved samples to the next [Spectrum.Mean]. It allocates
// nothing, and panics unless samples is one window.
func (s *Spectrum) Add(samples []float64) {
	channels, bins := s.config.Channels, s.Bins()
	if len(samples) != channels*s.config.WindowSize {
		panic(fmt.Sprintf("dsp: window of %d samples, want %d", len(samples), channels*s.config.WindowSize))
	}
	for c := range channels {
		for i, w := range s.window {
			s.windowed[i] = w * samples[i*channels+c]
		}
		s.transform.Coefficients(s.coefficients, s.windowed)
		power := s.power[c*bins : (c+1)*bins]
		for k, x := range s.coefficients {
			power[k] += real(x)*real(x) + imag(x)*imag(x)
		}
	}
	s.windows++
}

// Windows returns the number of windows since the last Mean or Discard.
func (s *Spectrum) Windows() int { return s.windows }

// Discard forgets the windows since the last Mean.
func (s *Spectrum) Discard() {
	clear(s.power)
	s.windows = 0
}

// Mean computes the spectrum of the windows since the last Mean, averaged in power, into
// dst, which has the size of [Spectrum.Compute], and forgets the windows. It allocates
// nothing. It panics without a window, or if dst has another size.
//
// This is Welch's method (P. D. Welch, "The use of fast Fourier transform for the
// estimation of power spectra", 1967): |X[k]|² in the package's formulas is the mean over
// the windows.
func (s *Spectrum) Mean(dst []float32) {
	if len(dst) != len(s.power) || s.windows == 0 {
		panic(fmt.Sprintf("dsp: spectrum of %d windows into %d numbers, want at least 1 and %d", s.windows, len(dst), len(s.power)))
	}
	bins := s.Bins()
	each := 1 / float64(s.windows)
	for i, sum := range s.power {
		power := sum * each
		factor := s.inner
		if k := i % bins; k == 0 || 2*k == s.config.WindowSize {
			factor = s.edge
		}
		switch s.config.Scaling {
		case Amplitude:
			dst[i] = float32(factor * math.Sqrt(power))
		case Power:
			dst[i] = float32(factor * factor * power)
		case Density:
			dst[i] = float32(factor * power)
		case Decibel:
			dst[i] = float32(Decibels(factor * math.Sqrt(power)))
		default:
			panic(fmt.Sprintf("dsp: Mean has no case for scaling %q", s.config.Scaling))
		}
	}
	s.Discard()
}

// Strongest returns the frequency [Hz] of the strongest sine in one channel's row of this
// Spectrum's result. It interpolates by the parabola through the levels of the strongest
// bin and its neighbours (J. O. Smith, "Spectral Audio Signal Processing", section
// "Quadratic Interpolation of Spectral Peaks"). The error for a single sine is below 0.02
// bins, or 0.2 bins with the rectangular and the flat_top window. Zero frequency and the
// slope that falls from it are left out, since a constant is not a sine. ok is false for
// silence. It panics unless row has one element per bin.
func (s *Spectrum) Strongest(row []float32) (frequency float64, ok bool) {
	if len(row) != s.Bins() {
		panic(fmt.Sprintf("dsp: row of %d bins, want %d", len(row), s.Bins()))
	}
	start := 0
	for start+1 < len(row) && s.level(row, start+1) <= s.level(row, start) {
		start++
	}
	best := max(start, 1)
	for k := best; k < len(row); k++ {
		if row[k] > row[best] {
			best = k
		}
	}
	peak := s.level(row, best)
	if peak <= FloorDecibels {
		return 0, false
	}
	position := float64(best)
	if best+1 < len(row) {
		left, right := s.level(row, best-1), s.level(row, best+1)
		if curvature := left - 2*peak + right; curvature < 0 && left <= peak && right <= peak {
			position += 0.5 * (left - right) / curvature
		}
	}
	return position * s.config.SampleRate / float64(s.config.WindowSize), true
}

// level returns 20·log10 |X[k]| of a bin of a row, up to a constant.
func (s *Spectrum) level(row []float32, bin int) float64 {
	x := float64(row[bin])
	mirrored := bin != 0 && 2*bin != s.config.WindowSize
	switch s.config.Scaling {
	case Density:
		x = Decibels(math.Sqrt(x))
		if mirrored {
			x -= 10 * math.Log10(2)
		}
		return x
	case Amplitude:
		x = Decibels(x)
	case Power:
		x = Decibels(math.Sqrt(x))
	case Decibel:
	default:
		panic(fmt.Sprintf("dsp: level has no case for scaling %q", s.config.Scaling))
	}
	if mirrored {
		x -= 20 * math.Log10(2)
	}
	return x
}
