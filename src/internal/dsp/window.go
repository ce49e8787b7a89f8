package dsp

import (
	"fmt"
	"strings"

	"gonum.org/v1/gonum/dsp/window"
)

// Window is the name of a window function, as in av_capture/Spectrum.
type Window string

// The window functions. The package comment compares them.
const (
	Rectangular     Window = "rectangular"
	Hann            Window = "hann"
	Hamming         Window = "hamming"
	Blackman        Window = "blackman"
	BlackmanHarris  Window = "blackman_harris"
	BlackmanNuttall Window = "blackman_nuttall"
	Nuttall         Window = "nuttall"
	FlatTop         Window = "flat_top"
)

// Windows lists all of them.
var Windows = []Window{Rectangular, Hann, Hamming, Blackman, BlackmanHarris, BlackmanNuttall, Nuttall, FlatTop}

// Samples returns the window's n samples, in the periodic form. The error lists the known
// windows, or says that n is not positive.
func (w Window) Samples(n int) ([]float64, error) {
	apply, err := w.function()
	if err != nil {
		return nil, err
	}
	if n < 1 {
		return nil, fmt.Errorf("dsp: window of %d samples, must be at least 1", n)
	}
	samples := make([]float64, n+1)
	for i := range samples {
		samples[i] = 1
	}
	return apply(samples)[:n], nil
}

func (w Window) function() (func([]float64) []float64, error) {
	switch w {
	case Rectangular:
		return window.Rectangular, nil
	case Hann:
		return window.Hann, nil
	case Hamming:
		return window.Hamming, nil
	case Blackman:
		return window.Blackman, nil
	case BlackmanHarris:
		return window.BlackmanHarris, nil
	case BlackmanNuttall:
		return window.BlackmanNuttall, nil
	case Nuttall:
		return window.Nuttall, nil
	case FlatTop:
		return window.FlatTop, nil
	}
	names := make([]string, len(Windows))
	for i, w := range Windows {
		names[i] = string(w)
	}
	return nil, fmt.Errorf("dsp: unknown window %q, must be one of %s", w, strings.Join(names, ", "))
}
