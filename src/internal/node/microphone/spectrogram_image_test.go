package microphone

import (
	"math"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

var stereo = media.AudioFormat{SampleRate: 48000, Channels: 2, Encoding: media.S16LE}

// smallConfig returns the parameters of a small image: windows of 480 audio frames
// every 240, an image each 50 ms, from 0 Hz to half the rate.
func smallConfig(encoding string) spectrogramImageConfig {
	return spectrogramImageConfig{480, 240, dsp.Hann, SpectrogramConfig{
		Encoding: encoding, Width: 60, Height: 40, Rate: 20, ColorMap: dsp.Magma,
		MinimumLevel: -90, FrequencyScale: dsp.Linear,
	}}
}

func newTestImage(t testing.TB, format media.AudioFormat, config spectrogramImageConfig) *spectrogramImage {
	t.Helper()
	p, err := newSpectrogramImage(format, config, func(text string) { t.Error(text) })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// hear fills the window with a sine of half the full scale in one channel and
// half of that in the other.
func (i *spectrogramImage) hear(frequency float64, loud int) {
	samples := make([]float64, i.config.windowSize*i.format.Channels)
	for frame := range i.config.windowSize {
		x := math.Sin(2 * math.Pi * frequency * float64(frame) / float64(i.format.SampleRate))
		for c := range i.format.Channels {
			samples[frame*i.format.Channels+c] = x / 4
			if c == loud {
				samples[frame*i.format.Channels+c] = x / 2
			}
		}
	}
	dsp.Encode(i.data, samples, i.format.Encoding)
}

func TestSpectrogramImageAllocatesNothing(t *testing.T) {
	for _, encoding := range []string{colors, numbers} {
		p := newTestImage(t, stereo, smallConfig(encoding))
		p.hear(3000, 0)
		first := uint64(0)
		if got := testing.AllocsPerRun(100, func() {
			p.draw(first)
			p.render()
			first += 240
		}); got != 0 {
			t.Errorf("%s: %v allocations per image, want 0", encoding, got)
		}
	}
}

func TestSpectraAllocateNothing(t *testing.T) {
	for _, average := range []int{1, 4} {
		s, err := newSpectrumAnalyzer(stereo, SpectrumConfig{WindowSize: 1000, HopSize: 500, Window: dsp.FlatTop, Scaling: dsp.Density, Average: average})
		if err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(100, func() { s.add(media.S16LE, 0, time.Time{}) }); got != 0 {
			t.Errorf("%d windows in one: %v allocations per window, want 0", average, got)
		}
	}
}

func TestSpectrogramImageShowsTheChannelThatIsAskedFor(t *testing.T) {
	config := smallConfig(numbers)
	for channel, want := range []float64{dsp.Decibels(0.25), dsp.Decibels(0.5)} {
		config.Channel = channel
		p := newTestImage(t, stereo, config)
		p.hear(6000, 1)
		p.draw(0)
		image := p.render()
		if image.Encoding != "32FC1" || image.Step != 4*60 || len(image.Data) != 4*60*40 {
			t.Fatalf("%s, step %d, %d bytes", image.Encoding, image.Step, len(image.Data))
		}
		// 6000 Hz is at the edge of row 29 of 40.
		got := max(p.numbers[29*60+59], p.numbers[30*60+59])
		if math.Abs(float64(got)-want) > 0.01 {
			t.Errorf("channel %d: %v dBFS, want %v", channel, got, want)
		}
	}
}

// TestImagesAreDueAtTheirRate counts the images of ten seconds of sound, and
// after a pause there is one, not many.
func TestImagesAreDueAtTheirRate(t *testing.T) {
	for rate, want := range map[float64]int{20: 200, 7: 70, 0.5: 5, 200: 2000, 1000: 2000} {
		config := smallConfig(colors)
		config.Rate = rate
		p := newTestImage(t, stereo, config)
		count := func(from, to uint64) (due int) {
			for first := from; first < to; first += 240 {
				if p.draw(first) {
					due++
				}
			}
			return due
		}
		if got := count(0, 480000); got < want || got > want+1 {
			t.Errorf("%v Hz: %d images in 10 s, want %d", rate, got, want)
		}
		p.draw(48000000)
		if got := count(48000240, 48480000); got > want {
			t.Errorf("%v Hz: %d images in 10 s after a pause, want %d", rate, got, want)
		}
	}
}

func TestOnlyWhatHasTheSameAxesGoesOn(t *testing.T) {
	empty := func(p *spectrogramImage) (columns int) {
		p.render()
		for _, level := range p.numbers[:60] {
			if level != level {
				columns++
			}
		}
		return columns
	}
	before := newTestImage(t, stereo, smallConfig(colors))
	before.hear(1000, 0)
	for k := range uint64(10) {
		before.draw(240 * k)
	}
	for change, c := range map[string]struct {
		change func(*spectrogramImageConfig)
		want   int
	}{
		"nothing":   {func(*spectrogramImageConfig) {}, 50},
		"rate":      {func(c *spectrogramImageConfig) { c.Rate = 1 }, 50},
		"levels":    {func(c *spectrogramImageConfig) { c.MinimumLevel = -10 }, 50},
		"color map": {func(c *spectrogramImageConfig) { c.ColorMap = dsp.Gray }, 50},
		"channel":   {func(c *spectrogramImageConfig) { c.Channel = 1 }, 60},
		"window":    {func(c *spectrogramImageConfig) { c.window = dsp.Blackman }, 60},
		"hop":       {func(c *spectrogramImageConfig) { c.hopSize = 480 }, 60},
		"frequency": {func(c *spectrogramImageConfig) { c.MaximumFrequency = 5000 }, 60},
		"height":    {func(c *spectrogramImageConfig) { c.Height = 41 }, 60},
	} {
		config := smallConfig(numbers)
		c.change(&config)
		p := newTestImage(t, stereo, config)
		p.continueFrom(before)
		if got := empty(p); got != c.want {
			t.Errorf("%s changed: %d columns are empty, want %d", change, got, c.want)
		}
	}
}

func TestAnImageThatTheSourceCannotFillIsWarnedOf(t *testing.T) {
	for word, spoil := range map[string]func(*spectrogramImageConfig){
		"spectrogram.channel is 2":                  func(c *spectrogramImageConfig) { c.Channel = 2 },
		"lower spectrogram.minimum_frequency":       func(c *spectrogramImageConfig) { c.MinimumFrequency = 24000 },
		"begin at 30000 Hz":                         func(c *spectrogramImageConfig) { c.MinimumFrequency, c.MaximumFrequency = 30000, 40000 },
		"begin at 24000 Hz, but half the sample ra": func(c *spectrogramImageConfig) { c.windowSize, c.FrequencyScale = 2, dsp.Logarithmic },
	} {
		config := smallConfig(colors)
		spoil(&config)
		var warning string
		p, err := newSpectrogramImage(stereo, config, func(text string) { warning = text })
		if err != nil {
			t.Fatal(err)
		}
		if p.shows() || !strings.Contains(warning, word) {
			t.Errorf("warned %q, want %q", warning, word)
		}
		if len(p.data) != config.windowSize*stereo.FrameSize() {
			t.Errorf("%s: a window of %d bytes", word, len(p.data))
		}
		p.continueFrom(newTestImage(t, stereo, smallConfig(colors))) // does nothing
	}
}

// BenchmarkSpectrogramImage measures one hop, and an image of the default size.
func BenchmarkSpectrogramImage(b *testing.B) {
	config := spectrogramImageConfig{2048, 1024, dsp.Hann, spectrogramConfig(Table.Defaults())}
	format := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}
	p := newTestImage(b, format, config)
	p.hear(1000, 0)
	first := uint64(0)
	b.Run("column", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.draw(first)
			first += 1024
		}
	})
	b.Run("image", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.render()
		}
	})
}

// TestTonesAreAtKnownRows: with the default parameters each is loudest in its row, or in one
// beside it where rows are narrower than bins.
func TestTonesAreAtKnownRows(t *testing.T) {
	set, _, err := Table.Resolve("/microphone", nil)
	if err != nil {
		t.Fatal(err)
	}
	config := configOf(set).spectrogramImage()
	config.Encoding = numbers
	for frequency, want := range map[float64]int{100: 246, 440: 220, 1000: 190, 2000: 156, 4000: 115, 8000: 70, 16000: 22} {
		p := newTestImage(t, media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}, config)
		p.hear(frequency, 0)
		p.draw(0)
		p.render()
		loudest := 0
		level := func(row int) float32 { return p.numbers[(row+1)*config.Width-1] }
		for row := range config.Height {
			if level(row) > level(loudest) {
				loudest = row
			}
		}
		beside := 0
		if frequency < 4000 {
			beside = 3 // a bin is 21.5 Hz, and a row 9 to 50 Hz
		}
		if math.Abs(float64(loudest-want)) > float64(beside) {
			t.Errorf("%v Hz is in row %d, want %d", frequency, loudest, want)
		}
		if got := float64(level(loudest)); math.Abs(got-dsp.Decibels(0.5)) > 1.5 { // between two bins of a hann window
			t.Errorf("%v Hz has %v dBFS, want %v", frequency, got, dsp.Decibels(0.5))
		}
	}
}
