package imaging

import (
	"fmt"
	"image"
	"math"
	"math/cmplx"
	"testing"

	"av_capture/src/internal/media"
)

// referenceSpectrum computes the formula of [Spectrum] as it is written, one
// frequency at a time, for a transform of the size full.
func referenceSpectrum(img *media.Image, full image.Point) []byte {
	// Row by row first, then column by column, as the sum allows.
	rows := make([]complex128, full.X*img.Height)
	for y := range img.Height {
		for u := range full.X {
			var sum complex128
			for x := range img.Width {
				sum += complex(float64(img.Data[y*img.Step+x]), 0) * cmplx.Exp(complex(0, -2*math.Pi*float64(u*x)/float64(full.X)))
			}
			rows[y*full.X+u] = sum
		}
	}
	modulo := func(a, n int) int { return ((a % n) + n) % n }
	picture := make([]byte, full.X*full.Y)
	for v := range full.Y {
		for u := range full.X {
			column, row := modulo(u-full.X/2, full.X), modulo(v-full.Y/2, full.Y)
			var sum complex128
			for y := range img.Height {
				sum += rows[y*full.X+column] * cmplx.Exp(complex(0, -2*math.Pi*float64(row*y)/float64(full.Y)))
			}
			grey := 255 * (1 + 20*math.Log10((1+cmplx.Abs(sum))/(255*float64(img.Width*img.Height)))/100)
			picture[v*full.X+u] = byte(math.Round(min(max(grey, 0), 255)))
		}
	}
	return picture
}

func TestSpectrumIsItsFormula(t *testing.T) {
	var s Spectrum
	defer s.Close()
	for _, c := range []struct{ size, full image.Point }{
		{image.Pt(1, 1), image.Pt(1, 1)},
		{image.Pt(16, 8), image.Pt(16, 8)},
		{image.Pt(15, 9), image.Pt(15, 9)},   // odd, and fast as it is
		{image.Pt(13, 22), image.Pt(15, 24)}, // padded to one odd and one even
		{image.Pt(49, 31), image.Pt(50, 32)},
	} {
		img := randomImage(t, c.size.X, c.size.Y, "mono8")
		got, err := s.Compute(img)
		if err != nil {
			t.Fatal(err)
		}
		if got.Width != c.full.X || got.Height != c.full.Y || got.Step != c.full.X || got.Encoding != "mono8" || got.Stamp != img.Stamp || got.Sequence != img.Sequence {
			t.Errorf("%v: got %dx%d, step %d, %s, want %v", c.size, got.Width, got.Height, got.Step, got.Encoding, c.full)
			continue
		}
		for i, want := range referenceSpectrum(img, c.full) {
			// Half a step of grey may be rounded either way.
			if off := int(got.Data[i]) - int(want); off < -1 || off > 1 {
				t.Errorf("%v: (%d, %d) is %d, want %d", c.size, i%c.full.X, i/c.full.X, got.Data[i], want)
			}
		}
	}
}

// The image before leaves no trace in the padding.
func TestSpectrumOfAnotherSizeStartsAnew(t *testing.T) {
	var used Spectrum
	defer used.Close()
	for _, size := range []image.Point{{64, 48}, {13, 22}, {7, 7}} {
		img := randomImage(t, size.X, size.Y, "mono8")
		got, err := used.Compute(img)
		if err != nil {
			t.Fatal(err)
		}
		var fresh Spectrum
		want, err := fresh.Compute(img)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Data) != string(want.Data) {
			t.Errorf("%v: not what a new Spectrum computes", size)
		}
		fresh.Close()
	}
}

func TestSpectrumOfGratings(t *testing.T) {
	const width, height = 64, 48
	var s Spectrum
	defer s.Close()
	img := randomImage(t, width, height, "mono8")
	fill := func(grey func(x, y int) float64) {
		for y := range height {
			for x := range width {
				img.Data[y*width+x] = byte(math.Round(grey(x, y)))
			}
		}
	}
	at := func(u, v int) byte {
		t.Helper()
		got, err := s.Compute(img)
		if err != nil {
			t.Fatal(err)
		}
		return got.Data[(height/2+v)*width+width/2+u]
	}

	fill(func(int, int) float64 { return 255 })
	if got := at(0, 0); got != 255 {
		t.Errorf("white: the zero frequency is %d, want 255", got)
	}
	fill(func(int, int) float64 { return 0 })
	if got := at(0, 0); got != 0 {
		t.Errorf("black: the zero frequency is %d, want 0", got)
	}
	// 8 periods across and 6 down. Each of the two peaks has half the
	// amplitude 100, |F| = 50 W H: 20 lg(50/255) = −14.15 dB.
	fill(func(x, y int) float64 {
		return 127.5 + 100*math.Cos(2*math.Pi*(8*float64(x)/width+6*float64(y)/height))
	})
	want := byte(math.Round(255 * (1 - 0.1415)))
	for _, peak := range []image.Point{{8, 6}, {-8, -6}} {
		if got := at(peak.X, peak.Y); got < want-1 || got > want+1 {
			t.Errorf("the peak at %v is %d, want %d", peak, got, want)
		}
	}
	for _, none := range []image.Point{{8, -6}, {-8, 6}, {8, 0}, {0, 6}} {
		if got := at(none.X, none.Y); got > want-100 {
			t.Errorf("at %v, where nothing is, there is %d", none, got)
		}
	}
}

func TestSpectrumRefusesColour(t *testing.T) {
	var s Spectrum
	defer s.Close()
	if _, err := s.Compute(randomImage(t, 4, 4, "bgr8")); err == nil {
		t.Error("colour was transformed")
	}
}

func BenchmarkSpectrum(b *testing.B) {
	for _, size := range formats {
		img := randomImage(b, size.X, size.Y, "mono8")
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			var s Spectrum
			defer s.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Compute(img); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
