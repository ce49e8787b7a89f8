package synthetic

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/pace"
	"av_capture/src/internal/dsp"
)

// Bounds of [MicrophoneConfig].
const (
	MaxSampleRate   = 768000 // [Hz]
	MaxChannels     = 64
	MaxPeriodFrames = 1 << 20
)

// MicrophoneConfig says what sound a [Microphone] makes.
type MicrophoneConfig struct {
	SampleRate   int                  // [Hz] 1 to MaxSampleRate
	Channels     int                  // 1 to MaxChannels
	Encoding     acquire.SampleFormat // of one sample
	PeriodFrames int                  // [audio frames] handed over at once, 1 to MaxPeriodFrames

	// Tones are added up (optional). It defaults to DefaultTones.
	Tones []Tone
}

// validate names the field that is wrong as the microphone's parameter is
// called.
func (c MicrophoneConfig) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("synthetic: %s is %v, must be %s: %w",
			parameter, got, fmt.Sprintf(want, values...), acquire.ErrUnsupported)
	}
	switch {
	case c.SampleRate < 1 || c.SampleRate > MaxSampleRate:
		return refuse("sample_rate", c.SampleRate, "1 to %d", MaxSampleRate)
	case c.Channels < 1 || c.Channels > MaxChannels:
		return refuse("channels", c.Channels, "1 to %d", MaxChannels)
	case c.Encoding.Size() == 0:
		return refuse("sample_format", fmt.Sprintf("%q", c.Encoding), "one of %v", acquire.SampleFormats)
	case c.PeriodFrames < 1 || c.PeriodFrames > MaxPeriodFrames:
		return refuse("block_size", c.PeriodFrames, "1 to %d", MaxPeriodFrames)
	}
	sum := 0.0
	for _, tone := range c.Tones {
		if !(tone.Frequency > 0 && tone.Frequency < float64(c.SampleRate)/2) {
			return refuse("a tone's frequency", tone.Frequency, "above 0 and below half the sample_rate, %v Hz", float64(c.SampleRate)/2)
		}
		if !(tone.Amplitude > 0) {
			return refuse("a tone's amplitude", tone.Amplitude, "above 0")
		}
		sum += tone.Amplitude
	}
	if sum > 1 {
		return refuse("the sum of the tones' amplitudes", sum, "at most 1")
	}
	return nil
}

// Microphone is an [acquire.AudioSource] of tones.
//
// Audio frame n since Open, counting lost ones, has in channel c (from 0) the
// value
//
//	x = (Σ a·sin(2π·fmod(f·n, rate)/rate)) / (c+1)
//
// over the tones of frequency f and amplitude a, in their order; it is encoded
// as [dsp.Encode] does: for S16LE round(x·32768), half to even, limited to
// 32767. Another program that computes this in double precision gets the same
// bytes for U8, S16LE and S24LE; for S32LE and F32LE its sine may differ in the
// last bit.
//
// The microphone is paced as a sound card is: periods are due by absolute times
// on CLOCK_MONOTONIC, a consumer that is late finds up to half a second waiting
// and has the rest reported as Lost.
type Microphone struct {
	config MicrophoneConfig

	mu   sync.Mutex // guards open against Close
	open bool

	pace    *pace.Pace
	next    uint64 // index of the next audio frame
	samples []float64
	data    []byte
}

var _ acquire.AudioSource = (*Microphone)(nil)

// NewMicrophone returns a microphone; Open checks the configuration.
func NewMicrophone(config MicrophoneConfig) *Microphone {
	if config.Tones == nil {
		config.Tones = DefaultTones
	}
	return &Microphone{config: config}
}

// Open checks the configuration and prepares the memory. A configuration that
// cannot be met is an [acquire.ErrUnsupported].
func (m *Microphone) Open(ctx context.Context) (acquire.AudioFormat, error) {
	if err := ctx.Err(); err != nil {
		return acquire.AudioFormat{}, fmt.Errorf("synthetic: open: %w", err)
	}
	if err := m.config.validate(); err != nil {
		return acquire.AudioFormat{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.open {
		return acquire.AudioFormat{}, errors.New("synthetic: open: already open")
	}
	m.open = true
	m.pace = pace.New(m.config.SampleRate)
	m.next = 0
	m.samples = make([]float64, m.config.PeriodFrames*m.config.Channels)
	m.data = make([]byte, len(m.samples)*m.config.Encoding.Size())
	return acquire.AudioFormat{
		Device:     "synthetic tones",
		SampleRate: m.config.SampleRate,
		Channels:   m.config.Channels,
		Encoding:   m.config.Encoding,
	}, nil
}

// Run emits periods until ctx ends, and then returns nil. emit is called on the
// caller's goroutine. It allocates nothing per period.
func (m *Microphone) Run(ctx context.Context, emit func(acquire.Period)) error {
	m.mu.Lock()
	open := m.open
	m.mu.Unlock()
	if !open {
		return errors.New("synthetic: run: not open")
	}
	for {
		now, lost, ok := m.pace.Next(ctx, m.config.PeriodFrames)
		if !ok {
			return nil
		}
		m.next += lost
		m.fill()
		emit(acquire.Period{Data: m.data, Frames: m.config.PeriodFrames, Arrival: now, Lost: lost})
	}
}

// fill makes the next period.
func (m *Microphone) fill() {
	channels := m.config.Channels
	for i := range m.config.PeriodFrames {
		x := sample(m.config.Tones, m.config.SampleRate, m.next)
		for c := range channels {
			m.samples[i*channels+c] = x / float64(c+1)
		}
		m.next++
	}
	dsp.Encode(m.data, m.samples, m.config.Encoding)
}

// Close forgets everything. It may be called any number of times.
func (m *Microphone) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open = false
	return nil
}
