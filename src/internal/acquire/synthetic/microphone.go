package synthetic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// Bounds of [MicrophoneConfig].
const (
	MaxSampleRate   = 768000 // [Hz]
	MaxChannels     = 64
	MaxPeriodFrames = 1 << 20
)

// MicrophoneConfig describes the sound of a [Microphone].
type MicrophoneConfig struct {
	SampleRate   int                // [Hz] 1 to MaxSampleRate
	Channels     int                // 1 to MaxChannels
	Encoding     media.SampleFormat // of one sample
	PeriodFrames int                // [audio frames] of a period, 1 to MaxPeriodFrames

	Signal Signal // (optional) It defaults to Tones.
	Tones  []Tone // of the signal Tones (optional). It defaults to DefaultTones.
	Seed   uint64 // of the signal Noise

	// SystemTime returns the system's time at a time on CLOCK_MONOTONIC. The
	// signal Impulses needs it.
	SystemTime func(monotonic time.Duration) time.Time
}

// validate checks the configuration. Its errors name the microphone's parameters.
func (c MicrophoneConfig) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("synthetic: %s is %v, must be %s: %w",
			parameter, got, fmt.Sprintf(want, values...), media.ErrUnsupported)
	}
	switch {
	case c.SampleRate < 1 || c.SampleRate > MaxSampleRate:
		return refuse("sample_rate", c.SampleRate, "1 to %d", MaxSampleRate)
	case c.Channels < 1 || c.Channels > MaxChannels:
		return refuse("channels", c.Channels, "1 to %d", MaxChannels)
	case c.Encoding.Size() == 0:
		return refuse("sample_format", fmt.Sprintf("%q", c.Encoding), "one of %v", media.SampleFormats)
	case c.PeriodFrames < 1 || c.PeriodFrames > MaxPeriodFrames:
		return refuse("block_size", c.PeriodFrames, "1 to %d", MaxPeriodFrames)
	}
	if !slices.Contains(Signals, c.Signal) {
		return refuse("synthetic.signal", fmt.Sprintf("%q", c.Signal), "one of %v", Signals)
	}
	if least := int(sweepFrom / sweepTo); c.Signal == Sweep && c.SampleRate <= least {
		return refuse("sample_rate", c.SampleRate, "above %d for a sweep", least)
	}
	if c.Signal == Impulses && c.SystemTime == nil {
		return errors.New("synthetic: impulses without SystemTime")
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

// Microphone is an [acquire.AudioSource] of a [Signal].
//
// Its samples are the numbers of the signal's formula, encoded as [dsp.Encode]
// does: for S16LE round(x·32768), half to even, limited to 32767. Another
// program that computes this in double precision gets the same bytes of tones
// for U8, S16LE and S24LE; for S32LE and F32LE its sine may differ in the last
// bit, and so may a sweep for any of them, also between processors. Noise is the
// same in every program.
//
// The microphone is paced like a sound card: periods are due by absolute times on
// CLOCK_MONOTONIC, which are their arrivals, and are made when they are pulled, or by Run. A late
// consumer finds up to half a second waiting; the rest is reported as Lost.
type Microphone struct {
	config  MicrophoneConfig
	current *generator // nil while closed
}

var _ acquire.Supplied = (*Microphone)(nil)

// NewMicrophone returns a microphone; Open checks the configuration.
func NewMicrophone(config MicrophoneConfig) *Microphone {
	if config.Signal == "" {
		config.Signal = Tones
	}
	if config.Tones == nil {
		config.Tones = DefaultTones
	}
	return &Microphone{config: config}
}

// Check implements [acquire.Checker].
func (m *Microphone) Check() error { return m.config.validate() }

// Open checks the configuration and prepares the memory. Its error of a configuration out
// of range is [media.ErrUnsupported].
func (m *Microphone) Open(ctx context.Context) (media.AudioFormat, error) {
	if err := ctx.Err(); err != nil {
		return media.AudioFormat{}, fmt.Errorf("synthetic: open: %w", err)
	}
	if err := m.config.validate(); err != nil {
		return media.AudioFormat{}, err
	}
	timer, err := clock.NewTimer()
	if err != nil {
		return media.AudioFormat{}, fmt.Errorf("synthetic: open: %w", err)
	}
	m.current = newGenerator(m.config, timer)
	return media.AudioFormat{
		Device:     "synthetic " + string(m.config.Signal),
		SampleRate: m.config.SampleRate,
		Channels:   m.config.Channels,
		Encoding:   m.config.Encoding,
	}, nil
}

// Run emits periods until ctx ends, and then returns nil.
func (m *Microphone) Run(ctx context.Context, emit func(media.Period)) error {
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		return fmt.Errorf("synthetic: run: %w", err)
	}
	defer alarm.Close()
	g := m.current
	g.begin(ctx, emit)
	defer g.end()
	for alarm.Wait(clock.NextTick(acquire.PullLimit)) {
		if g.pulls.Idle() {
			g.Pull()
		}
	}
	return nil
}

// Supply implements [acquire.Supplied].
func (m *Microphone) Supply() acquire.Supply { return m.current }

// Close gives the timer back.
func (m *Microphone) Close() error {
	if m.current != nil {
		m.current.close()
		m.current = nil
	}
	return nil
}
