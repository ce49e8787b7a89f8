package microphone

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// spectrogramImageConfig holds the parameters that an image depends on.
type spectrogramImageConfig struct {
	windowSize, hopSize int // [audio frames]
	window              dsp.Window
	SpectrogramConfig
}

// spectrogramImage returns the values for which the image has to be made anew.
func (c Config) spectrogramImage() spectrogramImageConfig {
	return spectrogramImageConfig{c.Spectrum.WindowSize, c.Spectrum.HopSize, c.Spectrum.Window, c.Spectrogram}
}

// spectrogramImage draws the windows of one stream as an image that scrolls. All
// memory is allocated once. It reads windows of its own, like those of ~/spectrum:
// a subscriber that holds up one of the two topics does not hold up the other.
type spectrogramImage struct {
	config   spectrogramImageConfig
	format   media.AudioFormat
	data     []byte // one window, as captured
	interval uint64 // [audio frames] from one image to the next, at least
	due      uint64 // index of the audio frame from which on the next image is due

	// All of these are nil if the source lacks what is to be shown.
	spectrogram *dsp.Spectrogram
	transform   *dsp.Spectrum
	painter     *dsp.Painter // nil for numbers
	samples     []float64    // data as numbers
	channel     []float64    // of them those of the channel shown
	levels      []float32    // [dBFS] of the bins
	numbers     []float32    // [dBFS] of the pixels; image.Data is the same memory; nil for colours
	image       media.Image
}

// newSpectrogramImage returns an image for the source's format. If the source lacks
// what is to be shown, the image shows nothing and warn gets the reason: such a mistake
// does not keep sound from being captured.
func newSpectrogramImage(format media.AudioFormat, config spectrogramImageConfig, warn func(string)) (*spectrogramImage, error) {
	rate := float64(format.SampleRate)
	i := &spectrogramImage{
		config:   config,
		format:   format,
		data:     make([]byte, config.windowSize*format.FrameSize()),
		interval: uint64(max(1, rate/config.Rate)),
	}
	if config.Channel >= format.Channels {
		warn(fmt.Sprintf("no spectrogram: spectrogram.channel is %d, but there are %d channels, the first of which is 0", config.Channel, format.Channels))
		return i, nil
	}
	axis := dsp.FrequencyAxis{
		Minimum: config.MinimumFrequency,
		Maximum: config.MaximumFrequency,
		Rows:    config.Height,
		Scale:   config.FrequencyScale,
	}
	spacing := rate / float64(config.windowSize)
	if axis.Maximum == 0 {
		axis.Maximum = rate / 2
	}
	if axis.Minimum == 0 && axis.Scale == dsp.Logarithmic {
		axis.Minimum = spacing
	}
	if axis.Minimum >= axis.Maximum || axis.Minimum >= rate/2 {
		warn(fmt.Sprintf("no spectrogram: it would begin at %v Hz, but half the sample rate is %v Hz: lower spectrogram.minimum_frequency", axis.Minimum, rate/2))
		return i, nil
	}
	var err error
	i.transform, err = dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: rate,
		Channels:   1,
		WindowSize: config.windowSize,
		Window:     config.window,
		Scaling:    dsp.Decibel,
	})
	if err != nil {
		return nil, err
	}
	if config.Encoding == colors {
		if i.painter, err = dsp.NewPainter(config.ColorMap, config.MinimumLevel, config.MaximumLevel); err != nil {
			return nil, err
		}
	}
	i.spectrogram, err = dsp.NewSpectrogram(dsp.SpectrogramConfig{
		Bins:    i.transform.Bins(),
		Spacing: spacing,
		HopSize: config.hopSize,
		Width:   config.Width,
		Axis:    axis,
	})
	if err != nil {
		return nil, err
	}
	i.samples = make([]float64, config.windowSize*format.Channels)
	i.channel = make([]float64, config.windowSize)
	i.levels = make([]float32, i.transform.Bins())
	i.image = media.Image{Width: config.Width, Height: config.Height, Encoding: config.Encoding}
	if i.painter != nil {
		i.image.Step = 3 * config.Width
		i.image.Data = make([]byte, i.image.Step*config.Height)
	} else {
		i.image.Step = 4 * config.Width
		i.numbers = make([]float32, config.Width*config.Height)
		i.image.Data = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(i.numbers))), 4*len(i.numbers))
	}
	return i, nil
}

// shows reports whether the image ever shows anything.
func (i *spectrogramImage) shows() bool { return i.spectrogram != nil }

// continueFrom takes over the columns of an image before, as far as both have the same
// axes: a change of the colours leaves the past in sight.
func (i *spectrogramImage) continueFrom(before *spectrogramImage) {
	if before == nil || !i.shows() || !before.shows() || i.config.Channel != before.config.Channel || i.config.window != before.config.window {
		return
	}
	i.spectrogram.Continue(before.spectrogram)
}

// draw adds the window in data, which starts with the audio frame first. due says that
// it is time for an image.
func (i *spectrogramImage) draw(first uint64) (due bool) {
	dsp.Decode(i.samples, i.data, i.format.Encoding)
	for n := range i.channel {
		i.channel[n] = i.samples[n*i.format.Channels+i.config.Channel]
	}
	i.transform.Compute(i.levels, i.channel)
	i.spectrogram.Draw(first, i.levels)
	if first < i.due {
		return false
	}
	if i.due += i.interval; i.due <= first {
		i.due = first + i.interval // images missed in a pause are not made up for
	}
	return true
}

// render makes the image. Its data is Go's memory, to be pinned before C sees it.
func (i *spectrogramImage) render() *media.Image {
	if i.painter != nil {
		i.spectrogram.Paint(i.image.Data, i.painter)
	} else {
		i.spectrogram.Levels(i.numbers)
	}
	return &i.image
}
