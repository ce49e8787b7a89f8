package dsp_test

import (
	"math"
	"testing"

	"av_capture/src/internal/dsp"
)

func newPainter(t *testing.T, colors dsp.ColorMap, minimum, maximum float64) *dsp.Painter {
	t.Helper()
	p, err := dsp.NewPainter(colors, minimum, maximum)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestColorMapsAreMatplotlibs compares colours of each map with matplotlib's, at 0, 1/4,
// 1/2, 3/4 and 1.
func TestColorMapsAreMatplotlibs(t *testing.T) {
	for colors, want := range map[dsp.ColorMap][3]dsp.Color{
		dsp.Viridis: {{68, 1, 84}, {33, 145, 140}, {253, 231, 37}},
		dsp.Magma:   {{0, 0, 4}, {183, 55, 121}, {252, 253, 191}},
		dsp.Inferno: {{0, 0, 4}, {188, 55, 84}, {252, 255, 164}},
		dsp.Gray:    {{0, 0, 0}, {128, 128, 128}, {255, 255, 255}},
	} {
		p := newPainter(t, colors, 0, 255)
		for i, level := range []float32{0, 128, 255} {
			if got := p.Color(level); got != want[i] {
				t.Errorf("%s: colour %v is %v, want %v", colors, level, got, want[i])
			}
		}
	}
}

// TestBrightnessRisesWithTheLevel: the lightness of CIE 1976 (L*), computed from
// sRGB as IEC 61966-2-1 has it, never falls and never jumps.
func TestBrightnessRisesWithTheLevel(t *testing.T) {
	linear := func(v byte) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	lightness := func(c dsp.Color) float64 {
		y := 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
		if y <= 216./24389 {
			return y * 24389 / 27
		}
		return 116*math.Cbrt(y) - 16
	}
	for _, colors := range dsp.ColorMaps {
		p := newPainter(t, colors, 0, 255)
		low, high := lightness(p.Color(0)), lightness(p.Color(255))
		if high-low < 70 {
			t.Errorf("%s: lightness from %.0f to %.0f", colors, low, high)
		}
		// The maps are even in a colour space with hue, so that lightness alone
		// rises by more in some places than in others.
		even := (high - low) / 255
		for i := 1; i < 256; i++ {
			step := lightness(p.Color(float32(i))) - lightness(p.Color(float32(i-1)))
			if step < -0.1 || step > 3*even {
				t.Errorf("%s: lightness rises by %.2f to colour %d, want about %.2f", colors, step, i, even)
			}
		}
	}
}

func TestLevelsOutOfRangeTakeTheEnds(t *testing.T) {
	p := newPainter(t, dsp.Viridis, -80, -20)
	inf := float32(math.Inf(1))
	for level, like := range map[float32]float32{-inf: -80, -300: -80, -80.1: -80, -19.9: -20, 0: -20, inf: -20} {
		if got, want := p.Color(level), p.Color(like); got != want {
			t.Errorf("%v dBFS: %v, want %v", level, got, want)
		}
	}
	if p.Color(-80) == p.Color(-20) {
		t.Error("both ends have one colour")
	}
}

func TestNoLevelHasAColourOfItsOwn(t *testing.T) {
	for _, colors := range dsp.ColorMaps {
		p := newPainter(t, colors, 0, 255)
		none := p.Color(float32(math.NaN()))
		if none != p.None() {
			t.Errorf("%s: NaN is %v, want %v", colors, none, p.None())
		}
		for i := range 256 {
			c := p.Color(float32(i))
			distance := 0
			for k := range c {
				distance = max(distance, int(max(c[k], none[k])-min(c[k], none[k])))
			}
			if distance < 24 {
				t.Errorf("%s: colour %d is %v, hardly other than none, %v", colors, i, c, none)
			}
		}
	}
}

func TestBadPainterIsRefused(t *testing.T) {
	for _, c := range []struct {
		colors           dsp.ColorMap
		minimum, maximum float64
	}{
		{"jet", -100, 0}, {"", -100, 0}, {dsp.Magma, 0, 0}, {dsp.Magma, 0, -1}, {dsp.Magma, math.NaN(), 0}, {dsp.Magma, math.Inf(-1), 0},
	} {
		if _, err := dsp.NewPainter(c.colors, c.minimum, c.maximum); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}
