package dsp_test

import (
	"math"
	"testing"

	"av_capture/src/internal/dsp"
)

// TestWindowsArePeriodic checks the form: the first sample has no equal at the
// end, the second has, and the largest is in the middle of an even size.
func TestWindowsArePeriodic(t *testing.T) {
	for _, window := range dsp.Windows {
		for _, size := range []int{2, 3, 16, 441} {
			w, err := window.Samples(size)
			if err != nil {
				t.Fatal(err)
			}
			if len(w) != size {
				t.Fatalf("%s: %d samples, want %d", window, len(w), size)
			}
			for i := 1; i < size; i++ {
				if !near(w[i], w[size-i], 1e-12) {
					t.Errorf("%s of %d: sample %d is %v, sample %d is %v", window, size, i, w[i], size-i, w[size-i])
				}
			}
			if size%2 == 0 && !near(w[size/2], 1, 1e-6) {
				t.Errorf("%s of %d: %v in the middle, want 1", window, size, w[size/2])
			}
		}
	}
}

// TestWindowsLeakNoFurtherThanTheirTerms: a sine on a bin's centre reads
// nothing K bins away, where K is in the package's table.
func TestWindowsLeakNoFurtherThanTheirTerms(t *testing.T) {
	terms := map[dsp.Window]int{
		dsp.Rectangular: 1, dsp.Hann: 2, dsp.Hamming: 2, dsp.Blackman: 3,
		dsp.BlackmanHarris: 4, dsp.BlackmanNuttall: 4, dsp.Nuttall: 4, dsp.FlatTop: 5,
	}
	const size, bin = 441, 100
	for _, window := range dsp.Windows {
		s := newSpectrum(t, size, 1, window, dsp.Amplitude)
		for k, got := range compute(s, sine(size, bin, 1, 0.4)) {
			away := int(math.Abs(float64(k - bin)))
			if away >= terms[window] && got > 1e-12 {
				t.Errorf("%s: %v at %d bins from the sine, want 0", window, got, away)
			}
		}
	}
}
