package microphone

import (
	"cmp"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/conversion"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

// buffered is the length of the sound system's buffer: a stopped or starved process may be
// late by that much without a loss.
const buffered = time.Second

// periods is the least number of periods in a second. A part of a long period may stay
// behind in the device's buffer at each callback; all sound then arrives late by that part,
// and is stamped late.
const periods = 100

// stream is an open microphone.
type stream struct {
	device *soundsystem.Stream
	format media.AudioFormat // of the periods
	rate   int               // of the device [Hz]
	bare   bool              // soundsystem.Stream.Bare

	// converter is nil if the device has the wanted format: its samples are then emitted
	// where they lie.
	converter *conversion.Converter
	exact     bool // the device has told of sound that waits in a part of a period
	overrun   bool // was not reported yet: a resampler may give nothing at first

	pulls acquire.Pulls

	mu   sync.Mutex // guards exact, converter, overrun and emit; held during emit
	emit func(media.Period)
}

// open finds and opens the device. notice tells people about a conversion.
func (c Config) open() (_ *stream, notice string, err error) {
	system, device, err := soundsystem.Locate(soundsystem.Microphone, c.Backend, c.Device)
	if err != nil {
		return nil, "", err
	}
	s := &stream{}
	defer func() {
		switch {
		case err == nil:
		case s.device != nil:
			s.device.Free() // frees the system too
		default:
			system.Close()
		}
	}()
	system.Claim(device, c.Owner)
	has, err := system.Formats(device, c.SampleRate)
	if err != nil {
		return nil, "", err
	}
	wanted, channels := c.wanted()
	native, given, converted := soundsystem.Negotiate(has, wanted, channels)
	if converted && !c.AllowConversion {
		return nil, "", c.refusal(device, given, has)
	}
	rate := native.SampleRate
	if rate == 0 {
		rate = 48000
	}
	periodFrames := max(1, min(c.atRate(c.PeriodFrames, rate), rate/periods))
	s.device, err = system.Open(device, soundsystem.Config{
		Name:         "av_capture",
		Format:       native,
		PeriodFrames: periodFrames,
		Periods:      max(3, int(buffered.Seconds()*float64(rate))/periodFrames),
		Held:         c.atRate(c.Held, rate),
	}, nil)
	if err != nil {
		return nil, "", err
	}
	notice, err = s.prepare(c, device, has)
	return s, notice, err
}

func (c Config) refusal(device soundsystem.Device, given soundsystem.Format, has []soundsystem.Format) error {
	return fmt.Errorf("%s cannot give %s without conversion, it has %s; ask for that, or set allow_conversion: %w",
		device, given, soundsystem.Describe(has), media.ErrUnsupported)
}

// atRate returns the duration of audio frames as those of a device with another rate [Hz].
func (c Config) atRate(frames, rate int) int {
	if c.SampleRate == 0 {
		return frames
	}
	return int(float64(frames) * float64(rate) / float64(c.SampleRate))
}

// prepare chooses the conversion of the device's sound to the wanted format. notice tells
// people about it. The device is not started yet.
func (s *stream) prepare(c Config, device soundsystem.Device, has []soundsystem.Format) (notice string, err error) {
	captured := s.device.Format()
	s.format, s.rate, s.bare = captured, captured.SampleRate, s.device.Bare()
	wanted, _ := c.wanted()
	if wanted.SampleRate != 0 {
		s.format.SampleRate = wanted.SampleRate
	}
	if wanted.Encoding != "" {
		s.format.Encoding = wanted.Encoding
	}
	channels := conversion.Mix(captured.Channels, cmp.Or(wanted.Channels, captured.Channels))
	if len(c.ChannelMap) > 0 {
		if channels, err = conversion.Choose(captured.Channels, c.ChannelMap); err != nil {
			return "", fmt.Errorf("%s: %w: %w", device, err, media.ErrUnsupported)
		}
	}
	s.format.Channels = channels.Out()
	s.format.Native = soundsystem.Describe(has)
	if conversion.Same(captured, s.format, channels) {
		return "", nil
	}
	chosen := len(c.ChannelMap) > 0 && captured.SampleRate == s.format.SampleRate && captured.Encoding == s.format.Encoding
	s.format.Converted = !chosen
	if s.format.Converted && !c.AllowConversion {
		// The device has another format than it told.
		given := soundsystem.Format{SampleRate: s.format.SampleRate, Channels: s.format.Channels, Encoding: s.format.Encoding}
		own := soundsystem.Format{SampleRate: captured.SampleRate, Channels: captured.Channels, Encoding: captured.Encoding}
		return "", c.refusal(device, given, []soundsystem.Format{own})
	}
	// Two periods leave room for a callback with a longer one.
	s.converter = conversion.New(captured, s.format, channels, max(1, 2*captured.SampleRate/periods))
	if chosen {
		return "", nil
	}
	notice = fmt.Sprintf("%s has %s; it is converted to %s", device, captured, s.format)
	if made := channels.String(); made != "" {
		notice += ", " + made
		if len(c.ChannelMap) == 0 && captured.Channels > 1 {
			notice += " (channel_map chooses)"
		}
	}
	return notice, nil
}

// Pull implements [acquire.Supply].
func (s *stream) Pull() {
	s.pulls.Add()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.emit != nil {
		s.device.Take(s.pass)
	}
}

// pullIdle pulls if nobody else does.
func (s *stream) pullIdle() {
	if s.pulls.Idle() {
		s.Pull()
	}
}

// Arm implements [acquire.Supply], as near as can be said before the conversion.
func (s *stream) Arm(frames uint64) bool {
	in, out := uint64(s.rate), uint64(s.format.SampleRate)
	return s.device.Arm((frames*in + out - 1) / out)
}

// Descriptor implements [acquire.Supply].
func (s *stream) Descriptor() int { return s.device.Descriptor() }

// Thread implements [acquire.Supply].
func (s *stream) Thread() int { return s.device.Thread() }

// pass emits a period. s.mu is held.
func (s *stream) pass(c soundsystem.Captured) {
	// A driver that counts whole periods alone shows nothing between them.
	s.exact = s.exact || s.bare && c.Waiting%c.Frames != 0
	if s.converter == nil {
		s.emit(media.Period{Data: c.Data, Frames: c.Frames, Arrival: c.Arrival, Waiting: c.Waiting, Exact: s.exact, Lost: c.Dropped, Overrun: c.Overrun})
		return
	}
	lost := uint64(0)
	if c.Overrun || c.Dropped > 0 {
		// The sound that a resampler still holds lies before the loss: it is dropped.
		s.converter.Reset()
		s.overrun = true
		if s.rate == s.format.SampleRate { // nothing is resampled, and the number is exact
			lost, s.overrun = c.Dropped, c.Overrun
		}
	}
	size := s.format.FrameSize()
	waiting := c.Waiting * s.format.SampleRate / s.rate
	s.converter.Convert(c.Data, func(data []byte, behind time.Duration) {
		// A resampler gives older sound than it has just got.
		s.emit(media.Period{Data: data, Frames: len(data) / size, Arrival: c.Arrival - behind, Waiting: waiting, Exact: s.exact, Lost: lost, Overrun: s.overrun})
		lost, s.overrun = 0, false
	})
}

// hand sets the receiver of the periods. emit is called no more once hand(nil) has
// returned.
func (s *stream) hand(emit func(media.Period)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emit = emit
	if s.converter != nil {
		s.converter.Reset()
		s.overrun = false
	}
}
