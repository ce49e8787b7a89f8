package microphone

import (
	"context"
	"fmt"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/soundsystem"
)

// MaxPeriodFrames bounds [Config].PeriodFrames.
const MaxPeriodFrames = 1 << 20

// Default is the name of the sound system's default microphone.
const Default = soundsystem.Default

// List returns the microphones of a backend, of all of them for Auto. A backend
// that is not running has none. It returns early, with ctx's error, when ctx ends.
func List(ctx context.Context, backend soundsystem.Backend) ([]soundsystem.Device, error) {
	return soundsystem.List(ctx, soundsystem.Microphone, backend)
}

// Inventory returns what microphones there are, by sound system, and what each
// can give. It blocks until all have answered, or until ctx ends.
func Inventory(ctx context.Context) []soundsystem.Inventory {
	return soundsystem.TakeInventory(ctx, soundsystem.Microphone)
}

// Config says which microphone to record, and how.
type Config struct {
	// Device is Default, an exact name or ID, one of ALSA's names of a card as in
	// "hw:CARD=C920", or a part of a name that only one device has. It defaults to
	// Default.
	Device string

	Backend soundsystem.Backend // (optional) It defaults to Auto.

	SampleRate int                  // [Hz] 0 for the device's own
	Channels   int                  // 0 for the device's own
	Encoding   acquire.SampleFormat // "" for the device's own

	// AllowConversion lets the sound system convert where the device has
	// other values. Otherwise Open refuses, and tells what the device has.
	AllowConversion bool

	// Owner is what other sources of this process are told that want the same
	// sound card, as in "node /microphone".
	Owner string

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
	case c.SampleRate < 0 || c.SampleRate > soundsystem.MaxSampleRate:
		return refuse("sample_rate", c.SampleRate, "1 to %d, or 0 for the device's own", soundsystem.MaxSampleRate)
	case c.Channels < 0 || c.Channels > soundsystem.MaxChannels:
		return refuse("channels", c.Channels, "1 to %d, or 0 for the device's own", soundsystem.MaxChannels)
	case c.Encoding != "" && c.Encoding.Size() == 0:
		return refuse("sample_format", fmt.Sprintf("%q", c.Encoding), "one of %v", acquire.SampleFormats)
	case c.PeriodFrames < 1 || c.PeriodFrames > MaxPeriodFrames:
		return refuse("block_size", c.PeriodFrames, "1 to %d", MaxPeriodFrames)
	}
	return nil
}
