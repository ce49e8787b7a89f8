package conversion

import (
	"math"
	"testing"
)

// sines returns samples of two channels: sines of a frequency [1/sample], a quarter apart.
func sines(frequency float64, first, n int) []float64 {
	samples := make([]float64, 0, 2*n)
	for i := range n {
		phase := 2 * math.Pi * frequency * float64(first+i)
		samples = append(samples, math.Sin(phase), math.Cos(phase))
	}
	return samples
}

func TestInterpolatorGivesSamplesAsTheyAreAndSinesBetweenThem(t *testing.T) {
	for _, frequency := range []float64{0.01, 0.1, 0.3, 0.45} {
		p := NewInterpolator(2)
		p.Reset(1000)
		given := 1000
		worst := 0.
		position := 1100.
		for given < 9000 {
			p.Add(sines(frequency, given, 137))
			given += 137
			for ; position < p.End(); position += 1.0004 {
				var got [2]float64
				p.At(position, got[:])
				phase := 2 * math.Pi * frequency * position
				worst = max(worst, math.Abs(got[0]-math.Sin(phase)), math.Abs(got[1]-math.Cos(phase)))
			}
			p.Forget(position)
		}
		if worst > 1e-4 { // -80 dB
			t.Errorf("frequency %g: wrong by %g", frequency, worst)
		}
		var got [2]float64
		at := math.Floor(p.End()) - 1
		p.At(at, got[:])
		if want := sines(frequency, int(at), 1); got[0] != want[0] || got[1] != want[1] {
			t.Errorf("sample %g is %v, want exactly %v", at, got, want)
		}
	}
}
