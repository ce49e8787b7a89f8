package dsp

import (
	"fmt"
	"math"
)

// Level is the level of one channel.
type Level struct {
	RMS  float64 // [dBFS] of the root mean square: −3.01 for a sine of full scale
	Peak float64 // [dBFS] of the largest magnitude: 0 for a sine of full scale
}

// Meter measures levels over any number of blocks. RMS levels, like peaks, are relative to
// an amplitude of 1.0; AES17 relates them to a sine's RMS and reads 3.01 dB more. One
// goroutine at a time uses a Meter.
type Meter struct {
	sums   []float64 // sum of the squares, by channel
	peaks  []float64
	frames int
}

// NewMeter returns a Meter for interleaved samples. It panics unless channels is positive.
func NewMeter(channels int) *Meter {
	if channels < 1 {
		panic(fmt.Sprintf("dsp: meter of %d channels", channels))
	}
	return &Meter{sums: make([]float64, channels), peaks: make([]float64, channels)}
}

// Add adds whole audio frames of interleaved samples. It allocates nothing, and panics if
// the samples end inside a frame.
func (m *Meter) Add(samples []float64) {
	channels := len(m.sums)
	if len(samples)%channels != 0 {
		panic(fmt.Sprintf("dsp: %d samples are not whole frames of %d channels", len(samples), channels))
	}
	for c := range channels {
		sum, peak := m.sums[c], m.peaks[c]
		for i := c; i < len(samples); i += channels {
			x := samples[i]
			sum += x * x
			peak = max(peak, math.Abs(x))
		}
		m.sums[c], m.peaks[c] = sum, peak
	}
	m.frames += len(samples) / channels
}

// Frames returns the number of audio frames since the last Reset.
func (m *Meter) Frames() int { return m.frames }

// Level returns a channel's level since the last Reset: [FloorDecibels] for silence, and
// without any samples.
func (m *Meter) Level(channel int) Level {
	rms := 0.0
	if m.frames > 0 {
		rms = math.Sqrt(m.sums[channel] / float64(m.frames))
	}
	return Level{RMS: Decibels(rms), Peak: Decibels(m.peaks[channel])}
}

// Reset forgets all samples.
func (m *Meter) Reset() {
	clear(m.sums)
	clear(m.peaks)
	m.frames = 0
}
