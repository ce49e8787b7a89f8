package speaker

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/conversion"
	"av_capture/src/internal/media"
	"av_capture/src/internal/playback"
	"av_capture/src/internal/soundsystem"
)

// periods is the number of periods in the sound system's buffer. PulseAudio fills only one.
const periods = 4

// chunksPerSecond is the rate of reads of sound that is converted.
const chunksPerSecond = 1000

// Bounds of [Config].Buffer.
const (
	shortest = 20 * time.Millisecond
	longest  = 500 * time.Millisecond
)

// Config selects a loudspeaker.
type Config struct {
	Device  string // "default", an exact name or ID, or a part that only one device has
	Backend soundsystem.Backend

	// Buffer is the length of the sound system's buffer: the callback may be as late on
	// a busy machine. It is limited to 20 ms to 500 ms.
	Buffer time.Duration

	// Notice logs a conversion, on which a user need not act (optional). Open calls it.
	Notice func(text string)
}

// Check returns an error if the loudspeaker cannot be found now. Its errors are those of
// [soundsystem.Locate]. It blocks for up to 15 s.
func (c Config) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
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

// openLimit bounds the time in which a sound system opens a loudspeaker, as headphones by
// Bluetooth need some. After it the attempt is abandoned.
const openLimit = 15 * time.Second

// speaker is an open loudspeaker.
type speaker struct {
	stream   *soundsystem.Stream
	format   media.AudioFormat // of the sound from read
	buffered int               // [audio frames] of that format

	// Nil if the device takes the format. Used by the callback and by setRead.
	converter *conversion.Converter

	depth   time.Duration // of the sound system's buffer
	closing sync.Once
	closed  error // result of closing

	mu      sync.Mutex // held during read; contended only at the beginning and the end of a run
	read    func(dst []byte)
	asked   time.Duration // time of the last callback, on CLOCK_MONOTONIC; 0 before the first one
	starved uint64
}

var _ playback.Device = (*speaker)(nil)

// Open opens the loudspeaker for sound of a format. Its errors are those of
// [soundsystem.Locate], [media.ErrBusy], and [media.ErrUnsupported] for a format that no
// sound system can play. It blocks for up to 15 s, or until ctx ends.
func (c Config) Open(ctx context.Context, format media.AudioFormat) (playback.Device, error) {
	if format.SampleRate > soundsystem.MaxSampleRate || format.Channels > soundsystem.MaxChannels {
		return nil, c.wrap(fmt.Errorf("%s cannot be played, at most %d Hz and %d channels can: %w",
			format, soundsystem.MaxSampleRate, soundsystem.MaxChannels, media.ErrUnsupported))
	}
	type opened struct {
		speaker *speaker
		notice  string
	}
	ctx, cancel := context.WithTimeout(ctx, openLimit)
	defer cancel()
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

func (c Config) open(format media.AudioFormat) (_ *speaker, notice string, err error) {
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
	native, _, converted := soundsystem.Negotiate(has, wanted, 0)
	who := "it is converted from"
	if device.Backend == soundsystem.PulseAudio {
		// A server knows the positions of its loudspeakers, and mixes to them.
		native.SampleRate, native.Channels = format.SampleRate, format.Channels
		who = "the sound system converts"
	}
	if converted {
		notice = fmt.Sprintf("%s has %s; %s %s to it", device, soundsystem.Describe(has), who, wanted)
	}
	s := &speaker{format: format}
	s.depth = max(shortest, min(c.Buffer, longest))
	rate := cmp.Or(native.SampleRate, format.SampleRate)
	frames := max(1, int(s.depth.Seconds()*float64(rate)))
	if most := soundsystem.LongestPeriod(device, cmp.Or(native.Channels, format.Channels)); most > 0 {
		frames = min(frames, most)
	}
	s.depth = time.Duration(float64(frames) / float64(rate) * float64(time.Second))
	if device.Backend != soundsystem.PulseAudio {
		frames = max(1, frames/periods)
	}
	s.stream, err = system.Open(device, soundsystem.Config{
		Name:         "audio_play",
		Format:       native,
		PeriodFrames: frames,
		Periods:      periods,
		// The default device follows the default, as when headphones are unplugged.
		Movable: device.Backend == soundsystem.PulseAudio && (c.Device == "" || c.Device == soundsystem.Default),
	}, s.callback)
	if err != nil {
		return nil, "", err
	}
	s.prepare()
	return s, notice, nil
}

// prepare makes the converter to the device's format, if needed. The device is not started
// yet.
func (s *speaker) prepare() {
	played := s.stream.Format()
	s.format.Device = played.Device
	channels := conversion.Mix(s.format.Channels, played.Channels)
	// Sound servers have buffers of their own, of the same length.
	s.buffered = 2 * max(1, int(s.depth.Seconds()*float64(s.format.SampleRate)))
	if !conversion.Same(s.format, played, channels) {
		s.converter = conversion.New(s.format, played, channels, max(1, s.format.SampleRate/chunksPerSecond))
		s.buffered += s.converter.Delay()
	}
}

// callback fills output, on a thread of the sound system.
func (s *speaker) callback(output []byte) {
	now := clock.Monotonic()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read == nil || len(output) == 0 {
		return
	}
	// ALSA reports underruns. PulseAudio does not: its buffer is empty if the callback
	// comes later than the buffer lasts.
	if s.stream.Xrun() || s.asked > 0 && now-s.asked > s.depth {
		s.starved++
	}
	s.asked = now
	if s.converter == nil {
		s.read(output)
		return
	}
	s.converter.Fill(output, s.read)
}

func (s *speaker) setRead(read func(dst []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read = read
	if s.converter != nil {
		s.converter.Reset()
	}
}

// Run plays until ctx ends, which returns nil, or until the device has not called back for
// two seconds, which returns a [media.ErrLost].
func (s *speaker) Run(ctx context.Context, read func(dst []byte)) error {
	s.setRead(read)
	err := s.stream.Watch(ctx, nil)
	s.setRead(nil)
	s.stream.Stop()
	if err != nil {
		return fmt.Errorf("loudspeaker: %q: %w: %w", s.stream.Format().Device, err, media.ErrLost)
	}
	return nil
}

// Buffered returns the largest number of audio frames between read and the loudspeaker.
func (s *speaker) Buffered() int { return s.buffered }

// Starved returns the number of known underruns of the sound system's buffer.
func (s *speaker) Starved() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.starved
}

// Format returns the format of the sound from read.
func (s *speaker) Format() media.AudioFormat { return s.format }

// Close closes the device. It may be called any number of times, but not during Run.
func (s *speaker) Close() error {
	s.closing.Do(func() { s.closed = s.stream.Close() })
	return s.closed
}
