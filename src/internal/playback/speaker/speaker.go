package speaker

import (
	"context"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/playback"
	"av_capture/src/internal/soundsystem"
)

// periods is how many periods the sound system's buffer has, of which PulseAudio
// keeps only one filled.
const periods = 4

// Bounds of [Config].Buffer.
const (
	shortest = 20 * time.Millisecond
	longest  = 500 * time.Millisecond
)

// Config says on which loudspeaker to play.
type Config struct {
	Device  string // "default", an exact name or ID, or a part of one that only one device has
	Backend soundsystem.Backend

	// Buffer is how much sound the sound system keeps, and so how late the
	// callback may be on a busy machine. It is taken for at least 20 ms and at
	// most 500 ms.
	Buffer time.Duration

	// Notice is told what a user should know but need not act on: a conversion
	// (optional). It is called during Open.
	Notice func(text string)
}

// Check says what is wrong with the configuration as things are now. Its errors
// are those of [soundsystem.Locate].
func (c Config) Check(ctx context.Context) error {
	system, err := soundsystem.Await(ctx, func() (*soundsystem.System, error) {
		system, _, err := soundsystem.Locate(soundsystem.Loudspeaker, c.Backend, c.Device)
		return system, err
	}, (*soundsystem.System).Close)
	if err != nil {
		return c.wrap(err)
	}
	system.Close()
	return nil
}

func (c Config) wrap(err error) error {
	return fmt.Errorf("loudspeaker: open %q: %w", c.Device, err)
}

// speaker is a loudspeaker that is open.
type speaker struct {
	stream   *soundsystem.Stream
	buffered int // [audio frames]

	depth   time.Duration // of the sound system's buffer
	closing sync.Once
	closed  error // what came of it

	mu      sync.Mutex // held during read; contended only at the beginning and the end of a run
	read    func(dst []byte)
	asked   time.Duration // when it was last, on CLOCK_MONOTONIC; 0 before the first time
	starved uint64
}

var _ playback.Device = (*speaker)(nil)

// Open opens the loudspeaker for sound of a format. Its errors are those of
// [soundsystem.Locate], [acquire.ErrBusy], and [acquire.ErrUnsupported] where no
// sound system could play it.
func (c Config) Open(ctx context.Context, format acquire.AudioFormat) (playback.Device, error) {
	if format.SampleRate > soundsystem.MaxSampleRate || format.Channels > soundsystem.MaxChannels {
		return nil, c.wrap(fmt.Errorf("%s cannot be played, at most %d Hz and %d channels can: %w",
			format, soundsystem.MaxSampleRate, soundsystem.MaxChannels, acquire.ErrUnsupported))
	}
	type opened struct {
		speaker *speaker
		notice  string
	}
	o, err := soundsystem.Await(ctx, func() (opened, error) {
		s, notice, err := c.open(format)
		return opened{s, notice}, err
	}, func(o opened) { o.speaker.stream.Free() })
	if err != nil {
		return nil, c.wrap(err)
	}
	if o.notice != "" && c.Notice != nil {
		c.Notice(o.notice)
	}
	return o.speaker, nil
}

func (c Config) open(format acquire.AudioFormat) (_ *speaker, notice string, err error) {
	system, device, err := soundsystem.Locate(soundsystem.Loudspeaker, c.Backend, c.Device)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			system.Close()
		}
	}()
	has, err := system.Formats(device, format.SampleRate)
	if err != nil {
		return nil, "", err
	}
	wanted := soundsystem.Format{SampleRate: format.SampleRate, Channels: format.Channels, Encoding: format.Encoding}
	if _, converted := soundsystem.Negotiate(has, wanted); converted {
		notice = fmt.Sprintf("%s has %s; the sound system converts %s to it", device, soundsystem.Describe(has), wanted)
	}
	s := &speaker{}
	depth := max(shortest, min(c.Buffer, longest))
	frames := max(1, int(depth.Seconds()*float64(format.SampleRate)))
	if most := soundsystem.LongestPeriod(device, format.Channels); most > 0 {
		frames = min(frames, most)
	}
	s.depth = time.Duration(float64(frames) / float64(format.SampleRate) * float64(time.Second))
	s.buffered = 2 * frames // and as much again, since sound servers have buffers of their own
	if device.Backend != soundsystem.PulseAudio {
		frames = max(1, frames/periods)
	}
	s.stream, err = system.Open(device, soundsystem.Config{
		Name:         "audio_play",
		Format:       wanted,
		PeriodFrames: frames,
		Periods:      periods,
		// Who takes the default wants what is the default, also when the
		// headphones are pulled out.
		Movable: device.Backend == soundsystem.PulseAudio && (c.Device == "" || c.Device == soundsystem.Default),
	}, s.give)
	return s, notice, err
}

// give gives the sound system what it asks for, on a thread of its own.
func (s *speaker) give(output, _ []byte, _ int) {
	now := acquire.Monotonic()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil || len(output) == 0 {
		return
	}
	// ALSA tells. PulseAudio does not, but has nothing left to play if it was
	// kept waiting for as long as its buffer lasts.
	if s.stream.Xrun() || s.asked > 0 && now-s.asked > s.depth {
		s.starved++
	}
	s.asked = now
	s.read(output)
}

func (s *speaker) hand(read func(dst []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = read
}

// Run plays until ctx ends, and then returns nil, or until the device has asked
// for nothing for two seconds, and then returns an [acquire.ErrLost].
func (s *speaker) Run(ctx context.Context, read func(dst []byte)) error {
	s.hand(read)
	err := s.stream.Watch(ctx)
	s.hand(nil)
	s.stream.Stop()
	if err != nil {
		return fmt.Errorf("loudspeaker: %q: %w: %w", s.stream.Format().Device, err, acquire.ErrLost)
	}
	return nil
}

// Buffered returns how many audio frames may be on their way.
func (s *speaker) Buffered() int { return s.buffered }

// Starved returns how often the sound system's buffer has run empty, as far as
// that is known.
func (s *speaker) Starved() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.starved
}

// Format returns the format of what is read.
func (s *speaker) Format() acquire.AudioFormat { return s.stream.Format() }

// Close gives the device back. It may be called any number of times, but not while
// Run is running.
func (s *speaker) Close() error {
	s.closing.Do(func() { s.closed = s.stream.Close() })
	return s.closed
}
