package soundsystem

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// Data is called with consecutive audio frames: those of a microphone in input,
// or room for those of a loudspeaker in output, which holds silence before. It
// runs on a thread of the sound system's, and must neither block nor keep the
// memory.
type Data func(output, input []byte, frames int)

// Config says how to open a device.
type Config struct {
	Name         string // of the stream, as mixers show it
	Format       Format // zero values for the device's own
	PeriodFrames int    // [audio frames] asked of the sound system at once; it may give others
	Periods      int    // that the sound system keeps
	Movable      bool   // the sound server may move the stream to another device, as when the default changes
}

// LongestPeriod returns how long a period of a loudspeaker may be [audio frames],
// or 0 for any length.
//
// miniaudio 0.11.23 fills PulseAudio's buffer once before it begins to play, with
// what libpulse's largest block of 64 KiB takes. PulseAudio waits until the buffer
// is full: if a period, which is what it has of a buffer, is longer than that, both
// wait for ever. Samples are taken for the largest there are, as those of the
// device may be.
func LongestPeriod(d Device, channels int) int {
	const block, sample = 65000, 4 // [bytes]
	if d.Kind != Loudspeaker || d.Backend != PulseAudio {
		return 0
	}
	return max(1, block/(sample*channels))
}

// Stream is a device that is open, and the connection it belongs to.
type Stream struct {
	system *System
	device *malgo.Device
	format acquire.AudioFormat

	control   sync.Mutex     // held during each call that starts, stops or frees the device
	starting  sync.WaitGroup // a start that stop and free must not overtake
	callbacks atomic.Uint64  // so far
}

// maxPositions is the size of miniaudio's channel maps.
const maxPositions = 254

// Open opens a device of the system. The stream owns the system from now on, but
// not on an error.
func (s *System) Open(d Device, config Config, data Data) (*Stream, error) {
	s.forget()
	stream := &Stream{system: s}
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
	// Without positions of our own for the channels those of the device are
	// taken, and each stays what it is. Otherwise miniaudio takes its default for
	// ours, and mixes more than two channels until they fit.
	var positions [maxPositions]byte
	pinner.Pin(&positions)
	side.ChannelMap = unsafe.Pointer(&positions)
	native.PeriodSizeInFrames = uint32(config.PeriodFrames)
	native.Periods = uint32(config.Periods)
	native.NoFixedSizedCallback = 1 // periods as they come: collecting them is a ring's task, and delays
	native.Alsa.NoMMap = 1          // drivers without it are more common than good implementations of it
	native.Pulse.StreamNameCapture = config.Name
	native.Pulse.StreamNamePlayback = config.Name
	if d.Backend != JACK && !config.Movable {
		// An ID rather than "the default": PulseAudio moves a stream of the
		// latter to another device when its device vanishes, silently.
		id := d.id
		// C reads it through the configuration, and only during the call below.
		pinner.Pin(&id)
		side.DeviceID = unsafe.Pointer(&id)
	}
	device, err := malgo.InitDevice(s.context.Context, native, malgo.DeviceCallbacks{
		Data: func(output, input []byte, frames uint32) {
			stream.callbacks.Add(1)
			data(output, input, int(frames))
		},
	})
	if err != nil {
		return nil, classify(s.explain(err))
	}
	stream.device = device
	stream.format = acquire.AudioFormat{
		Device:     fmt.Sprintf("%s (%s)", d.Name, d.address()),
		SampleRate: int(device.SampleRate()),
	}
	if d.Kind == Loudspeaker {
		stream.format.Channels = int(device.PlaybackChannels())
		stream.format.Encoding = encodings[device.PlaybackFormat()]
	} else {
		stream.format.Channels = int(device.CaptureChannels())
		stream.format.Encoding = encodings[device.CaptureFormat()]
	}
	return stream, nil
}

// Format returns what the callbacks get or give.
func (s *Stream) Format() acquire.AudioFormat { return s.format }

// Xrun says whether the sound system has told of a loss of unknown size, or of a
// device that ran dry, since it was asked last. It may be called in a callback.
func (s *Stream) Xrun() bool { return s.system.xrun.Swap(false) }

// start begins the callbacks, on a goroutine of its own: the sound system may
// take its time to answer, or never do. The channel gets the result.
func (s *Stream) start() <-chan error {
	started := make(chan error, 1)
	s.starting.Go(func() {
		s.control.Lock()
		defer s.control.Unlock()
		s.system.forget()
		if err := s.device.Start(); err != nil {
			started <- s.system.explain(err)
			return
		}
		started <- nil
	})
	return started
}

// stop ends the callbacks. It blocks until the sound system answers.
func (s *Stream) stop() error {
	s.starting.Wait()
	s.control.Lock()
	defer s.control.Unlock()
	return s.device.Stop()
}

// Free gives everything back. It blocks until the sound system answers. It
// begins with a stop: a device that is freed while it runs may wait for ever for
// its own thread.
func (s *Stream) Free() {
	s.starting.Wait()
	s.control.Lock()
	defer s.control.Unlock()
	_ = s.device.Stop() // a device that has gone fails to stop, and is freed all the same
	s.device.Uninit()
	s.system.Close()
}
