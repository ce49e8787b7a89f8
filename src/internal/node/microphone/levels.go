package microphone

import (
	"fmt"
	"strings"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// levelWindow is the length of the newest sound whose level is measured
// [audio frames]: 0.19 s at 44100 Hz, a resolution of 5 Hz.
const levelWindow = 8192

// levels measures the newest sound of a ring, for people.
type levels struct {
	format   media.AudioFormat
	meter    *dsp.Meter
	data     []byte    // newest audio frames, one window
	samples  []float64 // the same as numbers
	measured bool      // the meter has a whole window

	// For the strongest frequency; nil without it.
	spectrum *dsp.Spectrum
	row      []float32 // amplitudes by channel and bin
}

// newLevels returns levels of windows of windowSize audio frames. strongest adds their
// strongest frequency, which costs a spectrum.
func newLevels(format media.AudioFormat, windowSize int, strongest bool) (*levels, error) {
	l := &levels{
		format:  format,
		meter:   dsp.NewMeter(format.Channels),
		data:    make([]byte, windowSize*format.FrameSize()),
		samples: make([]float64, windowSize*format.Channels),
	}
	if !strongest {
		return l, nil
	}
	var err error
	l.spectrum, err = dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: float64(format.SampleRate),
		Channels:   format.Channels,
		WindowSize: windowSize,
		Window:     dsp.Hann,
		Scaling:    dsp.Amplitude,
	})
	if err != nil {
		return nil, err
	}
	l.row = make([]float32, format.Channels*l.spectrum.Bins())
	return l, nil
}

// measure measures the newest window of the ring, if there is a whole one.
func (l *levels) measure(ring *buffer.Ring) {
	_, n := ring.Snapshot(l.data)
	if l.measured = n*l.format.FrameSize() == len(l.data); !l.measured {
		return
	}
	dsp.Decode(l.samples, l.data, l.format.Encoding)
	l.meter.Reset()
	l.meter.Add(l.samples)
}

// text returns the level and the strongest frequency of the first channel, in words.
func (l *levels) text() string {
	if !l.measured {
		return "level unknown yet"
	}
	level := l.meter.Level(0)
	text := fmt.Sprintf("level %.1f dBFS (peak %.1f)", level.RMS, level.Peak)
	if l.spectrum == nil {
		return text
	}
	l.spectrum.Compute(l.row, l.samples)
	if frequency, ok := l.spectrum.Strongest(l.row[:l.spectrum.Bins()]); ok {
		text += fmt.Sprintf("  strongest %.0f Hz", frequency)
	}
	return text
}

// addTo adds the level of each channel.
func (l *levels) addTo(values *node.KeyValues) {
	if !l.measured {
		values.Add("level [dBFS]", "too little sound yet")
		values.Add("peak [dBFS]", "too little sound yet")
		return
	}
	levels, peaks := make([]string, l.format.Channels), make([]string, l.format.Channels)
	for channel := range levels {
		level := l.meter.Level(channel)
		levels[channel] = fmt.Sprintf("%.1f", level.RMS)
		peaks[channel] = fmt.Sprintf("%.1f", level.Peak)
	}
	values.Add("level [dBFS]", "%s", strings.Join(levels, " "))
	values.Add("peak [dBFS]", "%s", strings.Join(peaks, " "))
}
