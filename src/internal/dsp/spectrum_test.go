package dsp_test

import (
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"av_capture/src/internal/dsp"
)

const rate = 44100

func newSpectrum(t *testing.T, size, channels int, window dsp.Window, scaling dsp.Scaling) *dsp.Spectrum {
	t.Helper()
	s, err := dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: rate, Channels: channels, WindowSize: size, Window: window, Scaling: scaling,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func compute(s *dsp.Spectrum, samples []float64) []float32 {
	dst := make([]float32, s.Bins()*s.Config().Channels)
	s.Compute(dst, samples)
	return dst
}

// sine returns n samples of a sine of that many periods in n.
func sine(n int, periods, amplitude, phase float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = amplitude * math.Sin(2*math.Pi*periods*float64(i)/float64(n)+phase)
	}
	return x
}

func noise(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	x := make([]float64, n)
	for i := range x {
		x[i] = 0.1 * rng.NormFloat64()
	}
	return x
}

// direct computes the transform by its definition.
func direct(x []float64, k int) complex128 {
	var sum complex128
	for n, v := range x {
		turns := float64(n*k%len(x)) / float64(len(x))
		sum += complex(v, 0) * cmplx.Exp(complex(0, -2*math.Pi*turns))
	}
	return sum
}

func near(got, want, tolerance float64) bool {
	return math.Abs(got-want) <= tolerance
}

func TestFullScaleSineOnBinReadsOneForEveryWindow(t *testing.T) {
	for _, size := range []int{64, 441, 1000, 1024, 1031} {
		for _, window := range dsp.Windows {
			for _, phase := range []float64{0, 0.3, math.Pi / 2} {
				bin := size / 5
				x := sine(size, float64(bin), 1, phase)
				for scaling, want := range map[dsp.Scaling]float64{dsp.Amplitude: 1, dsp.Power: 1, dsp.Decibel: 0} {
					s := newSpectrum(t, size, 1, window, scaling)
					if got := float64(compute(s, x)[bin]); !near(got, want, 1e-6) {
						t.Errorf("%s, %d samples, phase %.1f, %s: %v, want %v", window, size, phase, scaling, got, want)
					}
				}
			}
		}
	}
}

func TestConstantAndHalfTheRateReadTheirAmplitude(t *testing.T) {
	for _, size := range []int{2, 64, 441, 1000} {
		for _, window := range dsp.Windows {
			constant, alternating := make([]float64, size), make([]float64, size)
			for i := range size {
				constant[i] = 1
				alternating[i] = 1 - 2*float64(i%2)
			}
			s := newSpectrum(t, size, 1, window, dsp.Amplitude)
			if got := float64(compute(s, constant)[0]); !near(got, 1, 1e-6) {
				t.Errorf("%s, %d samples: constant of 1 reads %v", window, size, got)
			}
			if size%2 == 0 {
				if got := float64(compute(s, alternating)[size/2]); !near(got, 1, 1e-6) {
					t.Errorf("%s, %d samples: 1 at half the sample rate reads %v", window, size, got)
				}
			}
		}
	}
}

// TestEqualsDirectTransform compares every bin of every window and scaling, of
// even, odd and prime sizes, with the sum that defines them.
func TestEqualsDirectTransform(t *testing.T) {
	for _, size := range []int{2, 3, 10, 63, 128, 127} {
		x := noise(uint64(size), size)
		for _, window := range dsp.Windows {
			w, err := window.Samples(size)
			if err != nil {
				t.Fatal(err)
			}
			windowed := make([]float64, size)
			var s1, s2 float64
			for i := range w {
				windowed[i] = w[i] * x[i]
				s1 += w[i]
				s2 += w[i] * w[i]
			}
			for _, scaling := range dsp.Scalings {
				s := newSpectrum(t, size, 1, window, scaling)
				if got, want := s.Bins(), size/2+1; got != want {
					t.Fatalf("%d samples: %d bins, want %d", size, got, want)
				}
				got := compute(s, x)
				for k := range got {
					c := 2.0
					if k == 0 || 2*k == size {
						c = 1
					}
					magnitude := cmplx.Abs(direct(windowed, k))
					amplitude := c * magnitude / s1
					want := map[dsp.Scaling]float64{
						dsp.Amplitude: amplitude,
						dsp.Power:     amplitude * amplitude,
						dsp.Density:   c * magnitude * magnitude / (rate * s2),
						dsp.Decibel:   20 * math.Log10(amplitude),
					}[scaling]
					if !near(float64(got[k]), want, 1e-6*(math.Abs(want)+1e-3)) {
						t.Errorf("%s, %d samples, %s, bin %d: %v, want %v", window, size, scaling, k, got[k], want)
					}
				}
			}
		}
	}
}

// TestDensityIntegratesToMeanSquare is Parseval's theorem: exact with the
// rectangular window, on average with the others.
func TestDensityIntegratesToMeanSquare(t *testing.T) {
	for _, size := range []int{1000, 1001} {
		for _, window := range dsp.Windows {
			s := newSpectrum(t, size, 1, window, dsp.Density)
			const windows = 300
			var integral, meanSquare float64
			for i := range windows {
				x := noise(uint64(i), size)
				for _, v := range x {
					meanSquare += v * v / float64(size*windows)
				}
				for _, v := range compute(s, x) {
					integral += float64(v) * rate / float64(size*windows)
				}
			}
			tolerance := 0.02
			if window == dsp.Rectangular {
				tolerance = 1e-6
			}
			if !near(integral/meanSquare, 1, tolerance) {
				t.Errorf("%s, %d samples: integral %v, mean square %v", window, size, integral, meanSquare)
			}
		}
	}
}

func TestSilenceReadsTheFloor(t *testing.T) {
	s := newSpectrum(t, 100, 1, dsp.Hann, dsp.Decibel)
	for k, got := range compute(s, make([]float64, 100)) {
		if got != dsp.FloorDecibels {
			t.Errorf("bin %d: %v dBFS, want %v", k, got, dsp.FloorDecibels)
		}
	}
}

func TestChannelsAreRows(t *testing.T) {
	const size = 300
	a, b := noise(1, size), noise(2, size)
	both := make([]float64, 0, 2*size)
	for i := range a {
		both = append(both, a[i], b[i])
	}
	one := newSpectrum(t, size, 1, dsp.Hann, dsp.Amplitude)
	two := newSpectrum(t, size, 2, dsp.Hann, dsp.Amplitude)
	got := compute(two, both)
	want := append(compute(one, a), compute(one, b)...)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("number %d: %v, want %v", i, got[i], want[i])
		}
	}
}

func TestStrongestFrequency(t *testing.T) {
	const size = 2048
	for _, window := range dsp.Windows {
		tolerance := 0.03 // [bins]; the weaker tone moves it a little
		if window == dsp.Rectangular || window == dsp.FlatTop {
			tolerance = 0.25
		}
		for _, scaling := range dsp.Scalings {
			s := newSpectrum(t, size, 1, window, scaling)
			for _, periods := range []float64{6, 20, 46.44, 100.25, 100.5, 511.9, 1000} {
				x := sine(size, periods, 0.3, 0.7)
				for i, v := range sine(size, 333, 0.1, 0) {
					x[i] += v + 0.5 // a weaker tone and an offset
				}
				got, ok := s.Strongest(compute(s, x))
				if want := periods * rate / size; !ok || !near(got, want, tolerance*rate/size) {
					t.Errorf("%s, %s: strongest %v Hz, %v, want %v", window, scaling, got, ok, want)
				}
			}
		}
	}
}

func TestStrongestOfSilenceAndConstantIsNone(t *testing.T) {
	for _, scaling := range dsp.Scalings {
		s := newSpectrum(t, 1024, 1, dsp.Hann, scaling)
		for _, offset := range []float64{0, 0.25} {
			x := make([]float64, 1024)
			for i := range x {
				x[i] = offset
			}
			if got, ok := s.Strongest(compute(s, x)); ok {
				t.Errorf("%s, constant %v: strongest %v Hz, want none", scaling, offset, got)
			}
		}
	}
}

func TestBadSpectrumConfigIsRefused(t *testing.T) {
	good := dsp.SpectrumConfig{SampleRate: 1, Channels: 1, WindowSize: 2, Window: dsp.Hann, Scaling: dsp.Power}
	if _, err := dsp.NewSpectrum(good); err != nil {
		t.Errorf("smallest configuration: %v", err)
	}
	for field, spoil := range map[string]func(*dsp.SpectrumConfig){
		"sample rate 0":   func(c *dsp.SpectrumConfig) { c.SampleRate = 0 },
		"sample rate NaN": func(c *dsp.SpectrumConfig) { c.SampleRate = math.NaN() },
		"channels":        func(c *dsp.SpectrumConfig) { c.Channels = 0 },
		"window size":     func(c *dsp.SpectrumConfig) { c.WindowSize = 1 },
		"window":          func(c *dsp.SpectrumConfig) { c.Window = "hanning" },
		"scaling":         func(c *dsp.SpectrumConfig) { c.Scaling = "amplitude" },
	} {
		bad := good
		spoil(&bad)
		if _, err := dsp.NewSpectrum(bad); err == nil {
			t.Errorf("bad %s was accepted", field)
		}
	}
}

func TestComputeAllocatesNothing(t *testing.T) {
	for _, size := range []int{1024, 1001} {
		s := newSpectrum(t, size, 2, dsp.Hann, dsp.Decibel)
		x, dst := noise(1, 2*size), make([]float32, 2*s.Bins())
		if got := testing.AllocsPerRun(100, func() { s.Compute(dst, x); s.Strongest(dst[:s.Bins()]) }); got != 0 {
			t.Errorf("%d samples: %v allocations per window, want 0", size, got)
		}
	}
}

func BenchmarkCompute(b *testing.B) {
	for _, size := range []int{441, 1024, 2048, 4096, 44100} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s, err := dsp.NewSpectrum(dsp.SpectrumConfig{
				SampleRate: rate, Channels: 1, WindowSize: size, Window: dsp.Hann, Scaling: dsp.Amplitude,
			})
			if err != nil {
				b.Fatal(err)
			}
			x, dst := noise(1, size), make([]float32, s.Bins())
			b.ReportAllocs()
			for b.Loop() {
				s.Compute(dst, x)
			}
		})
	}
}
