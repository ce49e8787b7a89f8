package node

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/dsp"
)

// pictureConfig is what a picture depends on, but for what the source gives.
type pictureConfig struct {
	windowSize, hopSize int // [audio frames]
	window              dsp.Window
	SpectrogramConfig
}

// picture returns the values for which the spectrogram has to be made anew.
func (c MicrophoneConfig) picture() pictureConfig {
	return pictureConfig{c.Spectrum.WindowSize, c.Spectrum.HopSize, c.Spectrum.Window, c.Spectrogram}
}

// picture turns windows of one opening of the source into images. All memory is
// made once. The windows are those of ~/spectrum, but have nothing else to do
// with it: whoever holds up one of the two topics does not hold up the other.
type picture struct {
	config   pictureConfig
	format   acquire.AudioFormat
	data     []byte // one window, as captured
	interval uint64 // [audio frames] from one image to the next, at least
	due      uint64 // index of the audio frame from which on the next image is due

	// All but data is missing where the source has not what is to be shown.
	spectrogram *dsp.Spectrogram
	transform   *dsp.Spectrum
	painter     *dsp.Painter // nil for numbers
	samples     []float64    // data as numbers
	channel     []float64    // of them those of the channel shown
	levels      []float32    // [dBFS] of the bins
	numbers     []float32    // [dBFS] of the pixels; image.Data is the same memory; nil for colours
	image       acquire.Image
}

// newPicture returns a picture of what the source gives. Where that has not what
// is to be shown, the picture shows nothing, and warn says why: a mistake here is
// no reason to capture no sound.
func newPicture(format acquire.AudioFormat, config pictureConfig, warn func(string)) (*picture, error) {
	rate := float64(format.SampleRate)
	p := &picture{
		config:   config,
		format:   format,
		data:     make([]byte, config.windowSize*format.FrameSize()),
		interval: uint64(max(1, rate/config.Rate)),
	}
	if config.Channel >= format.Channels {
		warn(fmt.Sprintf("no spectrogram: spectrogram.channel is %d, but there are %d channels, the first of which is 0", config.Channel, format.Channels))
		return p, nil
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
		return p, nil
	}
	var err error
	p.transform, err = dsp.NewSpectrum(dsp.SpectrumConfig{
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
		if p.painter, err = dsp.NewPainter(config.ColorMap, config.MinimumLevel, config.MaximumLevel); err != nil {
			return nil, err
		}
	}
	p.spectrogram, err = dsp.NewSpectrogram(dsp.SpectrogramConfig{
		Bins:    p.transform.Bins(),
		Spacing: spacing,
		HopSize: config.hopSize,
		Width:   config.Width,
		Axis:    axis,
	})
	if err != nil {
		return nil, err
	}
	p.samples = make([]float64, config.windowSize*format.Channels)
	p.channel = make([]float64, config.windowSize)
	p.levels = make([]float32, p.transform.Bins())
	p.image = acquire.Image{Width: config.Width, Height: config.Height, Encoding: config.Encoding}
	if p.painter != nil {
		p.image.Step = 3 * config.Width
		p.image.Data = make([]byte, p.image.Step*config.Height)
	} else {
		p.image.Step = 4 * config.Width
		p.numbers = make([]float32, config.Width*config.Height)
		p.image.Data = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(p.numbers))), 4*len(p.numbers))
	}
	return p, nil
}

// shows says whether the picture ever shows anything.
func (p *picture) shows() bool { return p.spectrogram != nil }

// follow takes over what a picture before it shows, as far as both have the same
// axes: a change of the colours, or of nothing at all, leaves the past in sight.
func (p *picture) follow(before *picture) {
	if before == nil || !p.shows() || !before.shows() || p.config.Channel != before.config.Channel || p.config.window != before.config.window {
		return
	}
	p.spectrogram.Continue(before.spectrogram)
}

// draw adds the window in data, which starts with the audio frame first, and
// says whether an image is due.
func (p *picture) draw(first uint64) (due bool) {
	dsp.Decode(p.samples, p.data, p.format.Encoding)
	for i := range p.channel {
		p.channel[i] = p.samples[i*p.format.Channels+p.config.Channel]
	}
	p.transform.Compute(p.levels, p.channel)
	p.spectrogram.Draw(first, p.levels)
	if first < p.due {
		return false
	}
	if p.due += p.interval; p.due <= first {
		p.due = first + p.interval // after a pause nothing is made up for
	}
	return true
}

// render makes the image. Its data is Go's memory: to be pinned before C sees it.
func (p *picture) render() *acquire.Image {
	if p.painter != nil {
		p.spectrogram.Paint(p.image.Data, p.painter)
	} else {
		p.spectrogram.Levels(p.numbers)
	}
	return &p.image
}
