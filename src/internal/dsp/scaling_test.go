package dsp_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"av_capture/src/internal/dsp"
)

// TestEveryScalingIsComputed finds the sine's frequency in a spectrum of each scaling.
func TestEveryScalingIsComputed(t *testing.T) {
	samples := make([]float64, 64)
	for i := range samples {
		samples[i] = math.Sin(2 * math.Pi * 8 * float64(i) / 64)
	}
	for _, scaling := range dsp.Scalings {
		s := newSpectrum(t, len(samples), 1, dsp.Hann, scaling)
		got, ok := s.Strongest(compute(s, samples))
		if want := s.Frequency(8); !ok || math.Abs(got-want) > 0.02*s.Frequency(1) {
			t.Errorf("%s: strongest at %g Hz (%t), want %g", scaling, got, ok, want)
		}
	}
}

func TestAScalingWithoutACaseFailsByName(t *testing.T) {
	s := newSpectrum(t, 64, 1, dsp.Hann, dsp.Amplitude)
	row := make([]float32, s.Bins())
	s.Rescale("LOUDNESS")
	for name, call := range map[string]func(){
		"Compute":   func() { s.Compute(row, make([]float64, 64)) },
		"Strongest": func() { s.Strongest(row) },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.Contains(text, `"LOUDNESS"`) {
					t.Errorf("%s: %q, want a panic with the scaling's name", name, text)
				}
			}()
			call()
		}()
	}
}
