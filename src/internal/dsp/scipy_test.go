package dsp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/dsp"
)

// scipyWindows are scipy's names of the windows: a name of
// scipy.signal.get_window, or coefficients for general_cosine.
var scipyWindows = map[dsp.Window]any{
	dsp.Rectangular:     "boxcar",
	dsp.Hann:            "hann",
	dsp.Hamming:         "hamming",
	dsp.Blackman:        "blackman",
	dsp.BlackmanHarris:  "blackmanharris",
	dsp.BlackmanNuttall: "nuttall",
	dsp.Nuttall:         []float64{0.355768, 0.487396, 0.144232, 0.012604},
	dsp.FlatTop:         "flattop",
}

// scipyCase is the input of testdata/scipy_spectra.py.
type scipyCase struct {
	Samples []float64 `json:"samples"`
	Rate    float64   `json:"rate"`
	Size    int       `json:"size"`
	Hop     int       `json:"hop"`
	Window  any       `json:"window"`

	signal string
	window dsp.Window
}

// scipyResult is its output.
type scipyResult struct {
	Window  []float64                 `json:"window"`
	Spectra map[dsp.Scaling][]float64 `json:"spectra"`
}

func scipy(t *testing.T, cases []scipyCase) []scipyResult {
	t.Helper()
	input, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("python3", "testdata/scipy_spectra.py")
	command.Stdin = bytes.NewReader(input)
	var errors strings.Builder
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v (Debian package python3-scipy):\n%s", err, errors.String())
	}
	var results []scipyResult
	if err := json.Unmarshal(output, &results); err != nil {
		t.Fatal(err)
	}
	if len(results) != len(cases) {
		t.Fatalf("%d results for %d cases", len(results), len(cases))
	}
	return results
}

// signals returns signals of n samples for windows of a size, by name.
func signals(n, size int) map[string][]float64 {
	constant, nyquist, impulse := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		constant[i] = -0.3
		nyquist[i] = 0.8 * (1 - 2*float64(i%2))
	}
	impulse[size/3] = 1
	windows := float64(n) / float64(size)
	mixture := noise(2, n)
	for i, v := range sine(n, windows*float64(size)*0.1234, 0.2, 2) {
		mixture[i] += v + 0.1
	}
	return map[string][]float64{
		"tone on a bin":     sine(n, windows*float64(size/5), 0.7, 0.4),
		"tone 0.1 bins off": sine(n, windows*(float64(size/5)+0.1), 0.7, 0.4),
		"tone between bins": sine(n, windows*(float64(size/5)+0.5), 1, 1.1),
		"tone, -120 dBFS":   sine(n, windows*(float64(size/5)+0.3), 1e-6, 0.2),
		"noise":             noise(1, n),
		"impulse":           impulse,
		"constant":          constant,
		"half the rate":     nyquist,
		"mixture":           mixture,
	}
}

// worst is the largest error of a kind of cases.
type worst map[string]map[dsp.Scaling]float64

func (w worst) add(kind string, scaling dsp.Scaling, e float64) {
	if w[kind] == nil {
		w[kind] = make(map[dsp.Scaling]float64)
	}
	w[kind][scaling] = max(w[kind][scaling], e)
}

// table returns the errors, a line for each kind.
func (w worst) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "largest relative error\n%-40s", "")
	for _, scaling := range dsp.Scalings {
		fmt.Fprintf(&b, "%10s", scaling)
	}
	kinds := make([]string, 0, len(w))
	for kind := range w {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for _, kind := range kinds {
		fmt.Fprintf(&b, "\n%-40s", kind)
		for _, scaling := range dsp.Scalings {
			fmt.Fprintf(&b, "%10.1e", w[kind][scaling])
		}
	}
	return b.String()
}

// difference returns the largest relative error of a spectrum, each bin by
// itself; of levels that of the amplitudes they stand for. In bins more than 180
// dB below the strongest one the rounding of the transform itself would be
// compared: they only have to be that small in both. So have levels at the floor.
func difference(got []float32, want []float64, scaling dsp.Scaling) (e float64) {
	peak := slices.Max(want)
	for k, w := range want {
		g := float64(got[k])
		if scaling == dsp.Decibel {
			least := max(peak-180, dsp.FloorDecibels+10)
			e = max(e, math.Abs(math.Expm1((max(g, least)-max(w, least))*math.Ln10/20)))
			continue
		}
		least := 1e-9 * peak
		if scaling != dsp.Amplitude {
			least = 1e-18 * peak
		}
		e = max(e, math.Abs(max(g, least)/max(w, least)-1))
	}
	return e
}

// bound is the largest error allowed: the published numbers are float32, whose own
// rounding is 6e-8.
const bound = 1e-5

// TestSpectraAreScipys compares every window function and scaling, on sizes even,
// odd and prime, with scipy.signal's welch and spectrogram.
func TestSpectraAreScipys(t *testing.T) {
	var cases []scipyCase
	for _, size := range []int{64, 441, 1000, 1024, 1031} {
		for name, samples := range signals(size, size) {
			for _, window := range dsp.Windows {
				cases = append(cases, scipyCase{
					Samples: samples, Rate: rate, Size: size, Hop: size, Window: scipyWindows[window],
					signal: name, window: window,
				})
			}
		}
	}
	errors := worst{}
	for i, result := range scipy(t, cases) {
		c := cases[i]
		w, err := c.window.Samples(c.Size)
		if err != nil {
			t.Fatal(err)
		}
		for k := range w {
			if !near(w[k], result.Window[k], 1e-14) {
				t.Fatalf("%s of %d: sample %d is %v, want %v", c.window, c.Size, k, w[k], result.Window[k])
			}
		}
		for _, scaling := range dsp.Scalings {
			// The signal is the middle one of three channels.
			s := newSpectrum(t, c.Size, 3, c.window, scaling)
			samples := noise(9, 3*c.Size)
			for k, v := range c.Samples {
				samples[3*k+1] = v
			}
			got := compute(s, samples)[s.Bins() : 2*s.Bins()]
			e := difference(got, result.Spectra[scaling], scaling)
			errors.add(c.signal, scaling, e)
			if !(e <= bound) {
				t.Errorf("%s, %s of %d, %s: relative error %.1e", c.signal, c.window, c.Size, scaling, e)
			}
		}
	}
	t.Log(errors.table())
}

// TestAveragesAreScipysWelch compares spectra averaged over windows that overlap
// or follow each other.
func TestAveragesAreScipysWelch(t *testing.T) {
	var cases []scipyCase
	for _, c := range []struct{ size, hop, windows int }{
		{256, 128, 7}, {256, 256, 4}, {441, 100, 30}, {1009, 757, 2}, {100, 1, 50},
	} {
		n := c.size + (c.windows-1)*c.hop
		for name, samples := range signals(n, c.size) {
			for _, window := range []dsp.Window{dsp.Hann, dsp.Rectangular, dsp.FlatTop} {
				cases = append(cases, scipyCase{
					Samples: samples, Rate: rate, Size: c.size, Hop: c.hop, Window: scipyWindows[window],
					signal: name, window: window,
				})
			}
		}
	}
	errors := worst{}
	for i, result := range scipy(t, cases) {
		c := cases[i]
		for _, scaling := range dsp.Scalings {
			s := newSpectrum(t, c.Size, 1, c.window, scaling)
			got := make([]float32, s.Bins())
			for range 2 { // the second time shows that nothing of the first is left
				for start := 0; start+c.Size <= len(c.Samples); start += c.Hop {
					s.Add(c.Samples[start : start+c.Size])
				}
				s.Mean(got)
			}
			e := difference(got, result.Spectra[scaling], scaling)
			errors.add(c.signal, scaling, e)
			if !(e <= bound) {
				t.Errorf("%s, %s of %d every %d, %s: relative error %.1e", c.signal, c.window, c.Size, c.Hop, scaling, e)
			}
		}
	}
	t.Log(errors.table())
}
