package microphone

import (
	"context"
	"fmt"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

// Source is an [acquire.AudioSource] of a microphone.
//
// Its sound waits for Pull; see [acquire.Supplied]. A sound system that hangs blocks Run for two seconds at most after ctx has ended, but Open and Close for as
// long as it hangs: package supervisor leaves them behind.
type Source struct {
	config  Config
	stream  *stream // nil while closed
	noticed string  // the last notice
}

var (
	_ acquire.AudioSource = (*Source)(nil)
	_ acquire.Patient     = (*Source)(nil)
	_ acquire.Supplied    = (*Source)(nil)
)

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	if config.Backend == "" {
		config.Backend = soundsystem.Auto
	}
	if config.Device == "" {
		config.Device = Default
	}
	return &Source{config: config}
}

// Check implements [acquire.Checker].
func (s *Source) Check() error { return s.config.validate() }

// Open finds the microphone and opens it.
//
// Its errors are [media.ErrAbsent] if there is no sound system or no microphone,
// [media.ErrUnknownDevice] if none or several have the name, [media.ErrBusy], and
// [media.ErrUnsupported] if a value is out of range or needs a conversion that is not
// allowed.
func (s *Source) Open(ctx context.Context) (media.AudioFormat, error) {
	format, err := s.open(ctx)
	if err != nil {
		return media.AudioFormat{}, fmt.Errorf("microphone: open %q: %w", s.config.Device, err)
	}
	return format, nil
}

func (s *Source) open(ctx context.Context) (media.AudioFormat, error) {
	if err := s.config.validate(); err != nil {
		return media.AudioFormat{}, err
	}
	if err := ctx.Err(); err != nil {
		return media.AudioFormat{}, err
	}
	stream, notice, err := s.config.open()
	if err != nil {
		return media.AudioFormat{}, err
	}
	if err := ctx.Err(); err != nil {
		stream.device.Free()
		return media.AudioFormat{}, err
	}
	if notice != "" && notice != s.noticed && s.config.Notice != nil {
		s.config.Notice(notice)
	}
	s.noticed = notice
	s.stream = stream
	return stream.format, nil
}

// Patience implements [acquire.Patient]. A sound server answers within milliseconds, but
// takes some seconds to find headphones by Bluetooth.
func (s *Source) Patience() acquire.Patience {
	return acquire.Patience{
		Open: 15 * time.Second,
		Cure: `the sound system does not answer: start it again, as by "systemctl --user restart pipewire pulseaudio", or set backend to another`,
	}
}

// Run records until ctx ends, and then returns nil, or until no sound has come for two
// seconds, and then returns an [media.ErrLost].
func (s *Source) Run(ctx context.Context, emit func(media.Period)) error {
	stream := s.stream
	stream.hand(emit)
	err := stream.device.Watch(ctx, stream.pullIdle)
	stream.device.Stop()
	stream.Pull()
	stream.hand(nil)
	if err != nil {
		return fmt.Errorf("microphone: %q: %w: %w", stream.device.Format().Device, err, media.ErrLost)
	}
	return nil
}

// Supply implements [acquire.Supplied].
func (s *Source) Supply() acquire.Supply { return s.stream }

// Close gives the device back. It blocks while the sound system hangs.
func (s *Source) Close() error {
	stream := s.stream
	s.stream = nil
	if stream != nil {
		stream.device.Free()
	}
	return nil
}
