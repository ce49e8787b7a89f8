package node

import (
	"fmt"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/dsp"
)

// levelWindow is how much of the newest sound levels are measured over
// [audio frames]: 0.19 s at 44100 Hz, a resolution of 5 Hz.
const levelWindow = 8192

// levels measures the newest sound of a ring for people to read.
type levels struct {
	format   acquire.AudioFormat
	spectrum *dsp.Spectrum
	meter    *dsp.Meter
	data     []byte    // newest audio frames, one window of the spectrum
	samples  []float64 // the same as numbers
	row      []float32 // amplitudes by channel and bin
}

// newLevels measures windows of so many audio frames.
func newLevels(format acquire.AudioFormat, windowSize int) (*levels, error) {
	spectrum, err := dsp.NewSpectrum(dsp.SpectrumConfig{
		SampleRate: float64(format.SampleRate),
		Channels:   format.Channels,
		WindowSize: windowSize,
		Window:     dsp.Hann,
		Scaling:    dsp.Amplitude,
	})
	if err != nil {
		return nil, err
	}
	return &levels{
		format:   format,
		spectrum: spectrum,
		meter:    dsp.NewMeter(format.Channels),
		data:     make([]byte, windowSize*format.FrameSize()),
		samples:  make([]float64, windowSize*format.Channels),
		row:      make([]float32, format.Channels*spectrum.Bins()),
	}, nil
}

// measure returns the first channel's level and strongest frequency, or that
// there is too little sound yet.
func (l *levels) measure(ring *buffer.Ring) string {
	if _, n := ring.Snapshot(l.data); n*l.format.FrameSize() < len(l.data) {
		return "level unknown yet"
	}
	dsp.Decode(l.samples, l.data, l.format.Encoding)
	l.meter.Reset()
	l.meter.Add(l.samples)
	level := l.meter.Level(0)
	text := fmt.Sprintf("level %.1f dBFS (peak %.1f)", level.RMS, level.Peak)
	l.spectrum.Compute(l.row, l.samples)
	if frequency, ok := l.spectrum.Strongest(l.row[:l.spectrum.Bins()]); ok {
		text += fmt.Sprintf("  strongest %.0f Hz", frequency)
	}
	return text
}
