package soundsystem

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/media"
)

// Play is called with room for sound of a loudspeaker, which holds silence at first. It runs on
// a thread of the sound system, and must neither block nor keep the memory.
type Play func(output []byte)

// Config describes the stream of a device.
type Config struct {
	Name         string // of the stream, as mixers show it
	Format       Format // zero values for the device's own
	PeriodFrames int    // [audio frames] of a period; the sound system may choose another number
	Periods      int    // in the sound system's buffer
	Held         int    // [audio frames] of a microphone that wait for a reader that is late; at least a second
	Movable      bool   // the sound server may move the stream to another device when the default changes
}

// LongestPeriod returns the longest possible period of a loudspeaker [audio frames], or 0 for
// any length.
//
// miniaudio 0.11.23 fills PulseAudio's buffer, of one period, once before it begins to play,
// with a block of libpulse of at most 64 KiB. PulseAudio waits until the buffer is full: if
// the period is longer than the block, both wait for ever. Samples count with their largest
// size, which the device's may have.
func LongestPeriod(d Device, channels int) int {
	const block, sample = 65000, 4 // [bytes]
	if d.Kind != Loudspeaker || d.Backend != PulseAudio {
		return 0
	}
	return max(1, block/(sample*channels))
}

// Stream is an open device with its connection.
type Stream struct {
	system *System
	device *malgo.Device
	format media.AudioFormat
	bare   bool // a sound card of ALSA, with no plug-in or server between

	capture *capture // of a microphone

	control   sync.Mutex     // held during each call that starts, stops or frees the device
	starting  sync.WaitGroup // a start, which stop and Free must not overtake
	callbacks atomic.Uint64  // of a loudspeaker so far
}

// maxPositions is the size of miniaudio's channel maps.
const maxPositions = 254

// Open opens a device of the system. The stream then owns the system, unless Open fails.
//
// miniaudio never converts sound here, since its converter is wrong for several channels (see
// package conversion): a device without the wanted format is opened with its own, which
// [Stream.Format] returns. play is for a loudspeaker alone; a microphone's sound waits for
// [Stream.Take].
//
// ALSA's plug-ins average channels and drop bits when they convert. They are told not to, and
// then have the formats of the devices below them. They may convert only an encoding that
// miniaudio lacks, which costs no more than bits.
func (s *System) Open(d Device, config Config, play Play) (*Stream, error) {
	var refusals []error
	for _, attempt := range []struct {
		format   Format
		encoding bool // ALSA may convert it
	}{{config.Format, false}, {Format{}, false}, {config.Format, true}, {Format{}, true}} {
		config.Format = attempt.format
		stream, err := s.open(d, config, attempt.encoding, play)
		switch {
		case err == nil && s.untouched.Load():
			return stream, nil
		case err == nil:
			stream.uninit()
			refusals = append(refusals, fmt.Errorf("%s would be converted", stream.format))
		case d.Backend != ALSA || d.isHardware() || !errors.Is(err, media.ErrUnsupported):
			return nil, err
		default:
			refusals = append(refusals, err)
		}
	}
	return nil, fmt.Errorf("%s has no format that miniaudio can take without a conversion, which it does wrongly (%s): %w", d, reasons(refusals), media.ErrUnsupported)
}

// reasons lists errors, each once.
func reasons(errs []error) string {
	var texts []string
	for _, err := range errs {
		if text := err.Error(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}

// open opens a device, and sets s.untouched if miniaudio converts nothing.
func (s *System) open(d Device, config Config, convertEncoding bool, play Play) (*Stream, error) {
	s.forget()
	s.untouched.Store(false)
	stream := &Stream{system: s, bare: d.Backend == ALSA && d.isHardware()}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	native := malgo.DefaultDeviceConfig(d.Kind.native())
	native.SampleRate = uint32(config.Format.SampleRate)
	side := &native.Capture
	if d.Kind == Loudspeaker {
		side = &native.Playback
	}
	side.Format = nativeEncoding(config.Format.Encoding)
	side.Channels = uint32(config.Format.Channels)
	// An empty channel map stands for the device's own, so that no channel is changed. With
	// none miniaudio assumes its default, and mixes more than two channels to fit.
	var positions [maxPositions]byte
	pinner.Pin(&positions)
	side.ChannelMap = unsafe.Pointer(&positions)
	native.PeriodSizeInFrames = uint32(config.PeriodFrames)
	native.Periods = uint32(config.Periods)
	native.NoFixedSizedCallback = 1 // periods as they come, without a delay
	native.Alsa.NoMMap = 1          // many drivers lack it or have it wrong
	native.Alsa.NoAutoChannels, native.Alsa.NoAutoResample = 1, 1
	if !convertEncoding {
		native.Alsa.NoAutoFormat = 1
	}
	native.Pulse.StreamNameCapture = config.Name
	native.Pulse.StreamNamePlayback = config.Name
	if d.Backend != JACK && !config.Movable {
		// The default gets an ID too: PulseAudio moves a stream without one silently to
		// another device when its device vanishes.
		id := d.id
		// C reads it only during the call below.
		pinner.Pin(&id)
		side.DeviceID = unsafe.Pointer(&id)
	}
	var device *malgo.Device
	err := connecting(func() (err error) {
		device, err = malgo.InitDevice(s.context.Context, native, malgo.DeviceCallbacks{
			Data: func(output, input []byte, frames uint32) {
				if c := s.capture.Load(); c != nil {
					c.into(input, int(frames))
					return
				}
				stream.callbacks.Add(1)
				play(output)
			},
		})
		return err
	})
	if err != nil {
		return nil, classify(s.explain(err))
	}
	stream.device = device
	stream.format = media.AudioFormat{
		Device:     d.label(),
		SampleRate: int(device.SampleRate()),
	}
	if d.Kind == Loudspeaker {
		stream.format.Channels = int(device.PlaybackChannels())
		stream.format.Encoding = encodings[device.PlaybackFormat()]
	} else {
		stream.format.Channels = int(device.CaptureChannels())
		stream.format.Encoding = encodings[device.CaptureFormat()]
		if stream.capture, err = newCapture(stream.format, config.Held, max(1, config.PeriodFrames)); err != nil {
			device.Uninit()
			return nil, err
		}
		s.capture.Store(stream.capture)
	}
	return stream, nil
}

// Format returns the format of the callbacks' sound.
func (s *Stream) Format() media.AudioFormat { return s.format }

// Bare reports whether the device is a sound card of ALSA, with no plug-in or server between,
// which might buffer more from some time on.
func (s *Stream) Bare() bool { return s.bare }

// Xrun reports whether the sound system has reported an underrun of a loudspeaker since the last
// call. A callback may call it.
func (s *Stream) Xrun() bool { return s.system.xrun.Swap(false) }

// Take calls f with each period of a microphone's sound that has come, in their order. One
// goroutine at a time calls it. The data are valid until f returns.
func (s *Stream) Take(f func(Captured)) { s.capture.take(f) }

// Arm has a microphone's descriptor become readable when so many audio frames more than were
// taken have come. It returns true if they are there already. Any goroutine may call it.
func (s *Stream) Arm(frames uint64) bool { return s.capture.arm(frames) }

// Descriptor returns the descriptor of a microphone, for poll(2). Free closes it.
func (s *Stream) Descriptor() int { return int(s.capture.c.event) }

// Thread returns the thread of the sound system that captures, or 0 before it has.
func (s *Stream) Thread() int { return int(s.capture.thread.Load()) }

// called returns the number of callbacks so far.
func (s *Stream) called() uint64 {
	if s.capture != nil {
		return s.capture.callbacks()
	}
	return s.callbacks.Load()
}

// start begins the callbacks, on a goroutine of its own, since the sound system may hang. The
// channel gets the result.
func (s *Stream) start() <-chan error {
	started := make(chan error, 1)
	s.starting.Add(1)
	go func() {
		defer s.starting.Done()
		s.control.Lock()
		defer s.control.Unlock()
		s.system.forget()
		if err := s.device.Start(); err != nil {
			started <- s.system.explain(err)
			return
		}
		started <- nil
	}()
	return started
}

// stop ends the callbacks. It blocks while the sound system hangs.
func (s *Stream) stop() error {
	s.starting.Wait()
	s.control.Lock()
	defer s.control.Unlock()
	return s.device.Stop()
}

// Free frees the device and the connection. It blocks while the sound system hangs. It begins
// with a stop, since a running device that is freed may wait for its own thread for ever.
func (s *Stream) Free() {
	s.starting.Wait()
	s.control.Lock()
	defer s.control.Unlock()
	_ = s.device.Stop() // it fails for a device that is gone
	s.uninit()
	s.system.Close()
}

// uninit frees the device, whose thread then has ended.
func (s *Stream) uninit() {
	s.device.Uninit()
	if s.capture != nil {
		s.system.capture.Store(nil)
		s.capture.close()
	}
}
