package microphone

import (
	"context"
	"fmt"
	"slices"

	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

// MaxPeriodFrames bounds [Config].PeriodFrames.
const MaxPeriodFrames = 1 << 20

// Default is the name of the sound system's default microphone.
const Default = soundsystem.Default

// List returns the microphones of a backend, or of all of them for Auto. A backend that is
// not running has none. It returns early, with ctx's error, when ctx ends.
func List(ctx context.Context, backend soundsystem.Backend) ([]soundsystem.Device, error) {
	return soundsystem.List(ctx, soundsystem.Microphone, backend)
}

// Inventory returns the microphones of each sound system with their formats. It blocks until
// all have answered, or until ctx ends.
func Inventory(ctx context.Context) []soundsystem.Inventory {
	return soundsystem.TakeInventory(ctx, soundsystem.Microphone)
}

// Config describes a microphone and its sound.
type Config struct {
	// Device is Default, an exact name or ID, one of ALSA's names of a card as in
	// "hw:CARD=C920", or a part of only one device's name. It defaults to Default.
	Device string

	Backend soundsystem.Backend // (optional) It defaults to Auto.

	SampleRate int                // [Hz] 0 for the device's own
	Channels   int                // 0 for the device's own
	Encoding   media.SampleFormat // "" for the device's own

	// ChannelMap chooses channels of the device, from 0, one for each channel of the
	// sound, instead of Channels. (optional)
	ChannelMap []int

	// AllowConversion permits conversions of rate, channels and encoding. Without it Open
	// fails if the device has other values, and lists them. A choice of channels is no
	// conversion.
	AllowConversion bool

	// Owner names this source, as in "node /microphone", to other sources of the process
	// that want the same sound card.
	Owner string

	PeriodFrames int // [audio frames] asked of the sound system at once, though never more than 10 ms; it may give others

	// Held is the sound that waits for who pulls it late, as after the process was stopped
	// [audio frames]; at least a second's. (optional)
	Held int

	// Notice gets remarks for people, about a conversion; none twice in a row (optional).
	// It is called during Open.
	Notice func(text string)
}

// validate checks the configuration. Its errors name the microphone's parameters.
func (c Config) validate() error {
	refuse := func(parameter string, got any, want string, values ...any) error {
		return fmt.Errorf("%s is %v, must be %s: %w", parameter, got, fmt.Sprintf(want, values...), media.ErrUnsupported)
	}
	switch {
	case c.SampleRate < 0 || c.SampleRate > soundsystem.MaxSampleRate:
		return refuse("sample_rate", c.SampleRate, "1 to %d, or 0 for the device's own", soundsystem.MaxSampleRate)
	case c.Channels < 0 || c.Channels > soundsystem.MaxChannels:
		return refuse("channels", c.Channels, "1 to %d, or 0 for the device's own", soundsystem.MaxChannels)
	case c.Encoding != "" && c.Encoding.Size() == 0:
		return refuse("sample_format", fmt.Sprintf("%q", c.Encoding), "one of %v", media.SampleFormats)
	case c.PeriodFrames < 1 || c.PeriodFrames > MaxPeriodFrames:
		return refuse("block_size", c.PeriodFrames, "1 to %d", MaxPeriodFrames)
	}
	for _, channel := range c.ChannelMap {
		if channel < 0 || channel >= soundsystem.MaxChannels {
			return refuse("channel_map", c.ChannelMap, "channels of 0 to %d", soundsystem.MaxChannels-1)
		}
	}
	if len(c.ChannelMap) > soundsystem.MaxChannels {
		return refuse("channel_map", fmt.Sprintf("%d channels", len(c.ChannelMap)), "at most %d", soundsystem.MaxChannels)
	}
	return nil
}

// wanted returns the wanted format, and how many channels the device must have: 0 for any
// number.
func (c Config) wanted() (format soundsystem.Format, channels int) {
	format = soundsystem.Format{SampleRate: c.SampleRate, Channels: c.Channels, Encoding: c.Encoding}
	if len(c.ChannelMap) > 0 {
		format.Channels = len(c.ChannelMap)
		channels = 1 + slices.Max(c.ChannelMap)
	}
	return format, channels
}
