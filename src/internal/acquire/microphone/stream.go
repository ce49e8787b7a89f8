package microphone

import (
	"cmp"
	"fmt"
	"sync"
	"time"

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
	xrun   func() bool       // soundsystem.Stream.Xrun

	// converter is nil if the device has the wanted format: its samples are then emitted
	// where they lie.
	converter *conversion.Converter
	exact     bool // the device has told of sound that waits in a part of a period
	overrun   bool // was not reported yet: a resampler may give nothing at first

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
	periodFrames := max(1, min(c.period(rate), rate/periods))
	s.device, err = system.Open(device, soundsystem.Config{
		Name:         "av_capture",
		Format:       native,
		PeriodFrames: periodFrames,
		Periods:      max(3, int(buffered.Seconds()*float64(rate))/periodFrames),
	}, s.arrived)
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

// period returns the duration of PeriodFrames as audio frames of a device with another
// rate [Hz].
func (c Config) period(rate int) int {
	if c.SampleRate == 0 {
		return c.PeriodFrames
	}
	return int(float64(c.PeriodFrames) * float64(rate) / float64(c.SampleRate))
}

// prepare chooses the conversion of the device's sound to the wanted format. notice tells
// people about it. The device is not started yet.
func (s *stream) prepare(c Config, device soundsystem.Device, has []soundsystem.Format) (notice string, err error) {
	captured := s.device.Format()
	s.format, s.rate, s.bare, s.xrun = captured, captured.SampleRate, s.device.Bare(), s.device.Xrun
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

// arrived takes sound from the sound system, on its thread.
func (s *stream) arrived(_, input []byte, frames int) {
	now, waiting := s.device.Arrival()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.emit != nil && frames > 0 {
		s.pass(input, frames, waiting, now)
	}
}

// pass emits sound that has just arrived, while more waits in the device. s.mu is held.
func (s *stream) pass(input []byte, frames, waiting int, now time.Duration) {
	// A driver that counts whole periods alone shows nothing between them.
	s.exact = s.exact || s.bare && waiting%frames != 0
	if s.converter == nil {
		s.emit(media.Period{Data: input, Frames: frames, Arrival: now, Waiting: waiting, Exact: s.exact, Overrun: s.xrun()})
		return
	}
	if s.xrun() {
		// The sound that a resampler still holds lies before the loss: it is dropped.
		s.converter.Reset()
		s.overrun = true
	}
	size := s.format.FrameSize()
	waiting = waiting * s.format.SampleRate / s.rate
	s.converter.Convert(input, func(data []byte, behind time.Duration) {
		// A resampler gives older sound than it has just got.
		s.emit(media.Period{Data: data, Frames: len(data) / size, Arrival: now - behind, Waiting: waiting, Exact: s.exact, Overrun: s.overrun})
		s.overrun = false
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
