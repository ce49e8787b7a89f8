package microphone

import (
	"fmt"

	"av_capture/src/internal/acquire"
)

// Bounds of [Config].
const (
	MaxSampleRate   = 384000 // [Hz] miniaudio's
	MaxChannels     = 32     // PulseAudio's
	MaxPeriodFrames = 1 << 20
)

// Config says which microphone to record, and how.
type Config struct {
	// Device is Default, an exact name or ID, or a part of one that only one
	// device has. It defaults to Default.
	Device string

	Backend Backend // (optional) It defaults to Auto.

	SampleRate int                  // [Hz] 0 for the device's own
	Channels   int                  // 0 for the device's own
	Encoding   acquire.SampleFormat // "" for the device's own

	// AllowConversion lets the sound system convert where the device has
	// other values. Otherwise Open refuses, and tells what the device has.
	AllowConversion bool

	PeriodFrames int // [audio frames] asked of the sound system at once, though never more than 10 ms; it may give others

	// Notice is told what a user should know but need not act on: a conversion
	// (optional). The same is told once. It is called during Open.
	Notice func(text string)
}

// validate names the field that is wrong as the microphone's parameter is
// called.
func (c Config) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("%s is %v, must be %s: %w", parameter, got, fmt.Sprintf(want, values...), acquire.ErrUnsupported)
	}
	switch {
	case c.SampleRate < 0 || c.SampleRate > MaxSampleRate:
		return refuse("sample_rate", c.SampleRate, "1 to %d, or 0 for the device's own", MaxSampleRate)
	case c.Channels < 0 || c.Channels > MaxChannels:
		return refuse("channels", c.Channels, "1 to %d, or 0 for the device's own", MaxChannels)
	case c.Encoding != "" && c.Encoding.Size() == 0:
		return refuse("sample_format", fmt.Sprintf("%q", c.Encoding), "one of %v", acquire.SampleFormats)
	case c.PeriodFrames < 1 || c.PeriodFrames > MaxPeriodFrames:
		return refuse("block_size", c.PeriodFrames, "1 to %d", MaxPeriodFrames)
	}
	return nil
}
