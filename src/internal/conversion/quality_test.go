package conversion

import (
	"fmt"
	"math"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

// Bounds of the quality that doc/audio.md states [dB].
const (
	maxDistortion = -110.  // THD+N of a tone in the pass band, F32LE
	maxRipple     = 0.0001 // of the pass band, either way
	maxAlias      = -115.  // what is left of a tone above the new Nyquist frequency
)

// converted returns a mono F32LE signal of a rate at another.
func converted(f *filter, from, to, frames int, signal func(t float64) float64) []float64 {
	mono := func(rate int) media.AudioFormat {
		return media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: media.F32LE}
	}
	var src []byte
	for n := range frames {
		src = append(src, nearest(signal(float64(n)/float64(from)), media.F32LE)...)
	}
	var dst []float64
	newConverter(mono(from), mono(to), Mix(1, 1), from/100, f).Convert(src, func(encoded []byte, _ time.Duration) {
		for at := 0; at < len(encoded); at += 4 {
			dst = append(dst, decoded(encoded[at:at+4], media.F32LE))
		}
	})
	return dst
}

// TestRatesWithoutASmallRatioAreConvertedAsWell: their coefficients are interpolated.
func TestRatesWithoutASmallRatioAreConvertedAsWell(t *testing.T) {
	for _, rates := range [][2]int{{44101, 48000}, {47999, 8000}, {8000, 383999}} {
		f := newFilter(rates[0], rates[1])
		if f.last == f.up {
			t.Fatalf("%v: the table has all positions", rates)
		}
		samples := converted(f, rates[0], rates[1], 2*f.taps+rates[0]/10, func(t float64) float64 {
			return 0.9 * math.Sin(2*math.Pi*3000*t)
		})
		amplitude, rest := fit(samples, f.taps*rates[1]/rates[0], 3000/float64(rates[1]))
		if distortion := decibel(rest * math.Sqrt2 / amplitude); distortion > maxDistortion {
			t.Errorf("%d to %d Hz: THD+N %.1f dB, want at most %v", rates[0], rates[1], distortion, maxDistortion)
		}
	}
}

// fit returns the amplitude of a sine that is the best fit to samples from one on, and
// the root mean square of the rest. Both ends are left out where the filter sees a
// beginning.
func fit(samples []float64, first int, frequency float64) (amplitude, rest float64) {
	// Normal equations of a·sin + b·cos + c, solved by Gauss's elimination.
	var m [3][4]float64
	basis := func(n int) [3]float64 {
		sin, cos := math.Sincos(2 * math.Pi * frequency * float64(n))
		return [3]float64{sin, cos, 1}
	}
	for n := first; n < len(samples); n++ {
		b := basis(n)
		for i := range 3 {
			for j := range 3 {
				m[i][j] += b[i] * b[j]
			}
			m[i][3] += b[i] * samples[n]
		}
	}
	for i := range 3 {
		for j := range 3 {
			if j != i {
				factor := m[j][i] / m[i][i]
				for k := i; k < 4; k++ {
					m[j][k] -= factor * m[i][k]
				}
			}
		}
	}
	a, b, c := m[0][3]/m[0][0], m[1][3]/m[1][1], m[2][3]/m[2][2]
	sum := 0.
	for n := first; n < len(samples); n++ {
		base := basis(n)
		d := samples[n] - a*base[0] - b*base[1] - c
		sum += d * d
	}
	return math.Hypot(a, b), math.Sqrt(sum / float64(len(samples)-first))
}

func decibel(ratio float64) float64 { return 20 * math.Log10(ratio) }

// TestQualityOfRateConversion measures the quality that doc/audio.md states, in the table
// that -v prints.
func TestQualityOfRateConversion(t *testing.T) {
	level := math.Pow(10, -0.1/20)
	tone := func(hz float64) func(float64) float64 {
		return func(t float64) float64 { return level * math.Sin(2*math.Pi*hz*t+0.3) }
	}
	text := func(x float64) string { return fmt.Sprintf("%.1f", x) }
	t.Log("| from [Hz] | to [Hz] | THD+N at 1 kHz [dB] | at 7 kHz [dB] | ripple [dB] | worst alias [dB] | delay [ms] | taps |")
	for _, from := range rates {
		for _, to := range rates {
			if from == to {
				continue
			}
			f := newFilter(from, to)
			lower := float64(min(from, to)) / 2
			first := f.taps * to / from
			frames := 2*f.taps + from/10
			distortion := func(hz float64) float64 {
				amplitude, rest := fit(converted(f, from, to, frames, tone(hz)), first, hz/float64(to))
				return decibel(rest * math.Sqrt2 / amplitude)
			}
			thd := []string{text(distortion(1000)), "-"}
			worst := distortion(1000)
			if 7000 < passBand*lower {
				worst = max(worst, distortion(7000))
				thd[1] = text(distortion(7000))
			}
			ripple := 0.
			for i := range 15 {
				hz := passBand * lower * (float64(i) + 0.5) / 14.5
				amplitude, _ := fit(converted(f, from, to, frames, tone(hz)), first, hz/float64(to))
				ripple = max(ripple, math.Abs(decibel(amplitude/level)))
			}
			alias := math.Inf(-1)
			if to < from {
				for i := range 15 {
					hz := lower + (float64(from)/2-lower)*(float64(i)+0.01)/15
					_, rest := fit(converted(f, from, to, frames, tone(hz)), first, 0.123)
					alias = max(alias, decibel(rest*math.Sqrt2/level))
				}
			}
			aliases := "-"
			if to < from {
				aliases = text(alias)
			}
			t.Logf("| %d | %d | %s | %s | %.6f | %s | %.2f | %d |", from, to, thd[0], thd[1], ripple, aliases,
				float64(f.taps)/2/float64(from)*1e3, f.taps)
			if worst > maxDistortion || ripple > maxRipple || alias > maxAlias {
				t.Errorf("%d to %d Hz: THD+N %.1f dB, ripple %.6f dB, alias %.1f dB; want at most %v, %v, %v",
					from, to, worst, ripple, alias, maxDistortion, maxRipple, maxAlias)
			}
		}
	}
}
