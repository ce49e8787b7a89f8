package dsp_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"av_capture/src/internal/dsp"
)

var update = flag.Bool("update", false, "write the pictures in testdata anew")

// sweep is a sine whose frequency rises from low to high [Hz] over a number of
// samples, linearly or exponentially, with an amplitude of 0.5.
type sweep struct {
	low, high   float64
	samples     int
	exponential bool
}

// frequency returns the frequency at a sample.
func (s sweep) frequency(n float64) float64 {
	x := n / float64(s.samples)
	if s.exponential {
		return s.low * math.Pow(s.high/s.low, x)
	}
	return s.low + (s.high-s.low)*x
}

// sound returns the samples: sines of the integral of the frequency.
func (s sweep) sound() []float64 {
	sound := make([]float64, s.samples)
	for n := range sound {
		x := float64(n) / float64(s.samples)
		turns := s.low*x + (s.high-s.low)*x*x/2
		if s.exponential {
			turns = s.low * (math.Pow(s.high/s.low, x) - 1) / math.Log(s.high/s.low)
		}
		sound[n] = 0.5 * math.Sin(2*math.Pi*turns*float64(s.samples)/rate)
	}
	return sound
}

const (
	windowSize = 1024
	hopSize    = 512
)

func newSpectrogram(t testing.TB, width, rows int, low, high float64, scale dsp.FrequencyScale) *dsp.Spectrogram {
	t.Helper()
	s, err := dsp.NewSpectrogram(dsp.SpectrogramConfig{
		Bins: windowSize/2 + 1, Spacing: rate / float64(windowSize), HopSize: hopSize, Width: width,
		Axis: dsp.FrequencyAxis{Minimum: low, Maximum: high, Rows: rows, Scale: scale},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// drawAll draws the spectra of all windows of the sound, the first sample of
// which has the index first.
func drawAll(t testing.TB, s *dsp.Spectrogram, sound []float64, first uint64) (windows int) {
	t.Helper()
	spectrum, err := dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: rate, Channels: 1, WindowSize: windowSize, Window: dsp.Hann, Scaling: dsp.Decibel,
	})
	if err != nil {
		t.Fatal(err)
	}
	levels := make([]float32, spectrum.Bins())
	for start := 0; start+windowSize <= len(sound); start += hopSize {
		spectrum.Compute(levels, sound[start:start+windowSize])
		s.Draw(first+uint64(start), levels)
		windows++
	}
	return windows
}

// pixels returns the levels of an image, from the top left.
func pixels(s *dsp.Spectrogram) []float32 {
	levels := make([]float32, s.Config().Axis.Rows*s.Config().Width)
	s.Levels(levels)
	return levels
}

// loudest returns the row of the largest level in a column.
func loudest(s *dsp.Spectrogram, levels []float32, column int) (row int, level float64) {
	width := s.Config().Width
	for r := range s.Config().Axis.Rows {
		if levels[r*width+column] > levels[row*width+column] {
			row = r
		}
	}
	return row, float64(levels[row*width+column])
}

// TestRidgeFollowsTheSweep: in every column the loudest row is the one that
// holds the sweep's frequency in the middle of the window, or its neighbour, and
// its level is that of the sine less the loss of a hann window between two bins
// and in the sweep.
func TestRidgeFollowsTheSweep(t *testing.T) {
	for _, scale := range dsp.FrequencyScales {
		for _, rows := range []int{60, 300, 900} {
			sound := sweep{100, 20000, 4 * rate, scale == dsp.Logarithmic}
			s := newSpectrogram(t, 400, rows, 50, rate/2, scale)
			axis := s.Config().Axis
			windows := drawAll(t, s, sound.sound(), 7)
			levels := pixels(s)
			for column := range 400 {
				window := column - (400 - windows)
				if window < 0 {
					if row, level := loudest(s, levels, column); level == level {
						t.Fatalf("%s, %d rows: column %d, before the sound, has %v dBFS in row %d", scale, rows, column, level, row)
					}
					continue
				}
				want := sound.frequency(float64(window*hopSize) + windowSize/2)
				row, level := loudest(s, levels, column)
				// The bin is up to half a bin from the frequency, and rows
				// narrower than a bin up to half a bin from the bin.
				slack := float64(rate) / windowSize
				if low, high := axis.Edge(min(row+2, rows)), axis.Edge(max(row-1, 0)); want < low-slack || want > high+slack {
					t.Errorf("%s, %d rows: column %d is loudest in row %d, %.0f to %.0f Hz, want %.0f Hz",
						scale, rows, column, row, axis.Edge(row+1), axis.Edge(row), want)
				}
				slow := scale == dsp.Linear || want < 4000 // less than 3 bins during a window
				if peak := dsp.Decibels(0.5); slow && level < peak-2.5 || level > peak+0.01 {
					t.Errorf("%s, %d rows: column %d reads %.2f dBFS, want %.2f", scale, rows, column, level, peak)
				}
			}
		}
	}
}

// TestImageOfASweep compares with images that people have looked at.
func TestImageOfASweep(t *testing.T) {
	for _, c := range []struct {
		name   string
		scale  dsp.FrequencyScale
		colors dsp.ColorMap
	}{
		{"linear_viridis", dsp.Linear, dsp.Viridis},
		{"logarithmic_magma", dsp.Logarithmic, dsp.Magma},
		{"logarithmic_inferno", dsp.Logarithmic, dsp.Inferno},
		{"linear_gray", dsp.Linear, dsp.Gray},
	} {
		t.Run(c.name, func(t *testing.T) {
			const width, rows = 200, 120
			s := newSpectrogram(t, width, rows, 50, rate/2, c.scale)
			sound := sweep{100, 20000, 2 * rate, c.scale == dsp.Logarithmic}.sound()
			for i, v := range noise(1, len(sound)) {
				sound[i] += 0.01 * v
			}
			// A quarter of a second is lost after the first second.
			drawAll(t, s, sound[:rate], 0)
			drawAll(t, s, sound[rate*5/4:], rate*5/4)
			painter, err := dsp.NewPainter(c.colors, -100, 0)
			if err != nil {
				t.Fatal(err)
			}
			got := &image.RGBA{Pix: make([]byte, 0, 4*width*rows), Stride: 4 * width, Rect: image.Rect(0, 0, width, rows)}
			rgb := make([]byte, 3*width*rows)
			s.Paint(rgb, painter)
			for ; len(rgb) > 0; rgb = rgb[3:] {
				got.Pix = append(got.Pix, rgb[0], rgb[1], rgb[2], 255)
			}
			compareWithFile(t, filepath.Join("testdata", "sweep_"+c.name+".png"), got)
		})
	}
}

// compareWithFile compares an image with a file. Another processor may round a level
// differently, to the neighbouring colour.
func compareWithFile(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *update {
		var file bytes.Buffer
		if err := png.Encode(&file, got); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	want, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Bounds() {
		t.Fatalf("%v pixels, %s has %v", got.Bounds(), path, want.Bounds())
	}
	wrong := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			w := color.RGBAModel.Convert(want.At(x, y)).(color.RGBA)
			g := got.RGBAAt(x, y)
			for _, d := range []int{int(w.R) - int(g.R), int(w.G) - int(g.G), int(w.B) - int(g.B)} {
				if d < -4 || d > 4 {
					wrong++
					break
				}
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d pixels are not those of %s; run this test with -update and look at it", wrong, path)
	}
}

// TestLostSoundIsEmptyAndOfItsWidth: the columns after a gap stand where the
// count of audio frames puts them.
func TestLostSoundIsEmptyAndOfItsWidth(t *testing.T) {
	row := make([]float32, windowSize/2+1)
	for _, c := range []struct {
		lost uint64 // [audio frames] more than a hop between two windows
		want int    // empty columns
	}{
		{0, 0}, {hopSize/2 - 1, 0}, {hopSize / 2, 1}, {hopSize, 1}, {7 * hopSize, 7}, {7*hopSize + hopSize/2 - 1, 7},
		{18 * hopSize, 18}, {1000 * hopSize, 19}, {1 << 40, 19},
	} {
		s := newSpectrogram(t, 20, 3, 0, rate/2, dsp.Linear)
		for i := range 30 {
			s.Draw(100+uint64(i)*hopSize, row)
		}
		s.Draw(100+30*hopSize+c.lost, row)
		levels := pixels(s)
		for column := range 20 {
			wantEmpty := column >= 19-c.want && column < 19
			if got := levels[column] != levels[column]; got != wantEmpty {
				t.Errorf("%d audio frames lost: column %d is empty: %v, want %v", c.lost, column, got, wantEmpty)
			}
		}
	}
}

// TestColumnsDoNotDriftFromTheCount: with one audio frame lost per window the
// image is as wide as the sound is long.
func TestColumnsDoNotDriftFromTheCount(t *testing.T) {
	s := newSpectrogram(t, 2000, 1, 0, rate/2, dsp.Linear)
	row := make([]float32, windowSize/2+1)
	const windows = 1600
	for i := range uint64(windows) {
		s.Draw(i*(hopSize+64), row)
	}
	empty, columns := 0, ((windows-1)*(hopSize+64)+hopSize/2)/hopSize+1
	for _, level := range pixels(s)[2000-columns:] {
		if level != level {
			empty++
		}
	}
	if want := columns - windows; empty != want {
		t.Errorf("%d empty columns among %d, want %d", empty, columns, want)
	}
}

// TestNewestIsAtTheRightEdge, for any width and any number of columns before.
func TestNewestIsAtTheRightEdge(t *testing.T) {
	for _, width := range []int{1, 2, 5, 64} {
		s := newSpectrogram(t, width, 1, 0, rate/2, dsp.Linear)
		row := make([]float32, windowSize/2+1)
		for i := range 200 {
			for k := range row {
				row[k] = float32(i)
			}
			s.Draw(uint64(i)*hopSize, row)
			for column, got := range pixels(s) {
				want := i - (width - 1 - column)
				if want < 0 && got == got || want >= 0 && got != float32(want) {
					t.Fatalf("%d columns, after %d: column %d is %v, want %v", width, i, column, got, want)
				}
			}
		}
	}
}

// TestMelRowsAreOfEqualPitch, by the formula that is published, of which 1000 Hz is 1000 mel.
func TestMelRowsAreOfEqualPitch(t *testing.T) {
	mel := func(f float64) float64 { return 2595 * math.Log10(1+f/700) }
	if got := mel(1000); math.Abs(got-1000) > 0.1 {
		t.Errorf("1000 Hz are %v mel", got)
	}
	axis := dsp.FrequencyAxis{Minimum: 80, Maximum: 8000, Rows: 40, Scale: dsp.Mel}
	height := (mel(8000) - mel(80)) / 40
	for row := range axis.Rows {
		if got, want := mel(axis.Edge(row)), mel(8000)-float64(row)*height; math.Abs(got-want) > 1e-9 {
			t.Errorf("row %d reaches up to %v mel, want %v", row, got, want)
		}
		if got, want := mel(axis.Center(row)), mel(8000)-(float64(row)+0.5)*height; math.Abs(got-want) > 1e-9 {
			t.Errorf("the centre of row %d is %v mel, want %v", row, got, want)
		}
	}
}

// TestEveryBinInRangeIsSeen: a bin that stands out shows in the row that holds
// its frequency, in an image of any size; and every row shows a bin near it.
func TestEveryBinInRangeIsSeen(t *testing.T) {
	for _, scale := range dsp.FrequencyScales {
		for _, c := range []struct {
			rows      int
			low, high float64
		}{{1, 20, 20000}, {7, 43, rate / 2}, {100, 100, 5000}, {513, 1, rate / 2}, {700, 30, rate / 2}} {
			s := newSpectrogram(t, 1, c.rows, c.low, c.high, scale)
			axis := s.Config().Axis
			row := make([]float32, windowSize/2+1)
			first := uint64(0)
			for k := range row {
				clear(row)
				row[k] = 9
				s.Draw(first, row)
				first += hopSize
				frequency := float64(k) * rate / windowSize
				levels := pixels(s)
				for r, level := range levels {
					low, high := axis.Edge(r+1), axis.Edge(r)
					within := frequency >= low && frequency < high || r == 0 && frequency == high
					closest := math.Round(axis.Center(r)*windowSize/rate) == float64(k)
					switch {
					case within && level != 9:
						t.Errorf("%s, %+v: bin %d, %.1f Hz, is not seen in row %d", scale, c, k, frequency, r)
					case level == 9 && !within && !closest:
						t.Errorf("%s, %+v: bin %d, %.1f Hz, is seen in row %d, %.1f to %.1f Hz", scale, c, k, frequency, r, low, high)
					case level != level:
						t.Errorf("%s, %+v: row %d is empty", scale, c, r)
					}
				}
			}
		}
	}
}

func TestRowsAboveHalfTheRateAreEmpty(t *testing.T) {
	s := newSpectrogram(t, 1, 10, 0, rate, dsp.Linear)
	s.Draw(0, make([]float32, windowSize/2+1))
	for r, level := range pixels(s) {
		if empty := level != level; empty != (r < 4) { // the highest bin is at the lower edge of row 4
			t.Errorf("row %d is empty: %v", r, empty)
		}
	}
}

func TestContinueTakesThePictureOver(t *testing.T) {
	sound := noise(3, 30*hopSize)
	whole := newSpectrogram(t, 25, 40, 0, rate/2, dsp.Linear)
	drawAll(t, whole, sound, 0)
	before := newSpectrogram(t, 25, 40, 0, rate/2, dsp.Linear)
	drawAll(t, before, sound[:20*hopSize], 0)
	after := newSpectrogram(t, 25, 40, 0, rate/2, dsp.Linear)
	if !after.Continue(before) {
		t.Fatal("the same configuration was refused")
	}
	drawAll(t, after, sound[19*hopSize:], 19*hopSize)
	if got, want := fmt.Sprint(pixels(after)), fmt.Sprint(pixels(whole)); got != want {
		t.Error("the picture is not that of one Spectrogram")
	}
	if newSpectrogram(t, 26, 40, 0, rate/2, dsp.Linear).Continue(before) {
		t.Error("a picture of another width was taken over")
	}
	if after.Continue(nil) {
		t.Error("no picture was taken over")
	}
}

func TestBadSpectrogramConfigIsRefused(t *testing.T) {
	good := dsp.SpectrogramConfig{
		Bins: 1, Spacing: 1, HopSize: 1, Width: 1,
		Axis: dsp.FrequencyAxis{Minimum: 1, Maximum: 2, Rows: 1, Scale: dsp.Logarithmic},
	}
	if _, err := dsp.NewSpectrogram(good); err != nil {
		t.Errorf("smallest configuration: %v", err)
	}
	for field, spoil := range map[string]func(*dsp.SpectrogramConfig){
		"bins":            func(c *dsp.SpectrogramConfig) { c.Bins = 0 },
		"spacing":         func(c *dsp.SpectrogramConfig) { c.Spacing = math.NaN() },
		"hop size":        func(c *dsp.SpectrogramConfig) { c.HopSize = 0 },
		"width":           func(c *dsp.SpectrogramConfig) { c.Width = 0 },
		"rows":            func(c *dsp.SpectrogramConfig) { c.Axis.Rows = 0 },
		"scale":           func(c *dsp.SpectrogramConfig) { c.Axis.Scale = "log" },
		"frequencies":     func(c *dsp.SpectrogramConfig) { c.Axis.Maximum = 1 },
		"zero, log scale": func(c *dsp.SpectrogramConfig) { c.Axis.Minimum = 0 },
		"NaN":             func(c *dsp.SpectrogramConfig) { c.Axis.Minimum = math.NaN() },
	} {
		bad := good
		spoil(&bad)
		if _, err := dsp.NewSpectrogram(bad); err == nil {
			t.Errorf("bad %s was accepted", field)
		}
	}
}

func TestSpectrogramAllocatesNothing(t *testing.T) {
	s := newSpectrogram(t, 512, 256, 0, rate/2, dsp.Linear)
	painter, err := dsp.NewPainter(dsp.Viridis, -100, 0)
	if err != nil {
		t.Fatal(err)
	}
	column := make([]float32, windowSize/2+1)
	levels, rgb := make([]float32, 512*256), make([]byte, 3*512*256)
	first := uint64(0)
	if got := testing.AllocsPerRun(20, func() {
		s.Draw(first, column)
		first += 2 * hopSize
		s.Levels(levels)
		s.Paint(rgb, painter)
	}); got != 0 {
		t.Errorf("%v allocations per picture, want 0", got)
	}
}

func BenchmarkDraw(b *testing.B) {
	s := newSpectrogram(b, 512, 256, 0, rate/2, dsp.Linear)
	column := make([]float32, windowSize/2+1)
	first := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		s.Draw(first, column)
		first += hopSize
	}
}

func BenchmarkPaint(b *testing.B) {
	s := newSpectrogram(b, 512, 256, 0, rate/2, dsp.Linear)
	drawAll(b, s, noise(1, 512*hopSize), 0)
	painter, err := dsp.NewPainter(dsp.Viridis, -100, 0)
	if err != nil {
		b.Fatal(err)
	}
	rgb := make([]byte, 3*512*256)
	b.ReportAllocs()
	for b.Loop() {
		s.Paint(rgb, painter)
	}
}
