package microphone

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// buffered is how much sound the sound system is asked to keep while nobody
// takes it: what a stopped or starved process can be late by without a loss.
const buffered = time.Second

// periods is how many periods a second has at least. Of a long one a part may
// stay behind in the device's buffer at each callback, by which everything then
// arrives late, and is stamped so.
const periods = 100

// recorder is a device that is open, and the connection it belongs to.
type recorder struct {
	system *system
	device *malgo.Device
	format acquire.AudioFormat

	control   sync.Mutex     // held during each call that starts, stops or frees the device
	starting  sync.WaitGroup // a start that stop and free must not overtake
	callbacks atomic.Uint64  // data callbacks so far

	mu   sync.Mutex // held during emit; contended only at the beginning and the end of a run
	emit func(acquire.Period)
}

// record opens a device with a format. The recorder owns the system from now
// on, but not on an error.
func record(s *system, d Device, format Format, periodFrames int) (*recorder, error) {
	r := &recorder{system: s}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	config := malgo.DefaultDeviceConfig(malgo.Capture)
	config.SampleRate = uint32(format.SampleRate)
	config.Capture.Format = nativeEncoding(format.Encoding)
	config.Capture.Channels = uint32(format.Channels)
	rate := format.SampleRate
	if rate == 0 {
		rate = 48000
	}
	periodFrames = max(1, min(periodFrames, rate/periods))
	config.PeriodSizeInFrames = uint32(periodFrames)
	config.Periods = uint32(max(3, int(buffered.Seconds()*float64(rate))/periodFrames))
	config.NoFixedSizedCallback = 1 // periods as they come: collecting them is the ring's task, and delays
	config.Alsa.NoMMap = 1          // drivers without it are more common than good implementations of it
	config.Pulse.StreamNameCapture = "av_capture"
	if d.Backend != JACK {
		// An ID rather than "the default": PulseAudio moves a stream of the
		// latter to another device when its device vanishes, silently.
		id := d.id
		// C reads it through the configuration, and only during the call below.
		pinner.Pin(&id)
		config.Capture.DeviceID = unsafe.Pointer(&id)
	}
	device, err := malgo.InitDevice(s.context.Context, config, malgo.DeviceCallbacks{Data: r.arrived})
	if err != nil {
		return nil, classify(s.explain(err))
	}
	r.device = device
	r.format = acquire.AudioFormat{
		Device:     fmt.Sprintf("%s (%s)", d.Name, d.address()),
		SampleRate: int(device.SampleRate()),
		Channels:   int(device.CaptureChannels()),
		Encoding:   encodings[device.CaptureFormat()],
	}
	return r, nil
}

// arrived is miniaudio's data callback. It runs on a thread of the sound
// system's, with real-time priority where the system allows it.
func (r *recorder) arrived(_, input []byte, frames uint32) {
	now := acquire.Monotonic()
	r.callbacks.Add(1)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.emit != nil && frames > 0 {
		r.emit(acquire.Period{Data: input, Frames: int(frames), Arrival: now, Overrun: r.system.overrun.Swap(false)})
	}
}

// hand sets who gets the periods. After hand(nil) has returned nobody does.
func (r *recorder) hand(emit func(acquire.Period)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emit = emit
}

// start begins the callbacks, on a goroutine of its own: the sound system may
// take its time to answer, or never do. The channel gets the result.
func (r *recorder) start() <-chan error {
	started := make(chan error, 1)
	r.starting.Go(func() {
		r.control.Lock()
		defer r.control.Unlock()
		r.system.forget()
		if err := r.device.Start(); err != nil {
			started <- r.system.explain(err)
			return
		}
		started <- nil
	})
	return started
}

// stop ends the callbacks. It blocks until the sound system answers.
func (r *recorder) stop() error {
	r.starting.Wait()
	r.control.Lock()
	defer r.control.Unlock()
	return r.device.Stop()
}

// free gives everything back. It blocks as stop does, which it begins with: a
// device that is freed while it runs may wait for ever for its own thread.
func (r *recorder) free() {
	r.starting.Wait()
	r.control.Lock()
	defer r.control.Unlock()
	_ = r.device.Stop() // a device that has gone fails to stop, and is freed all the same
	r.device.Uninit()
	r.system.close()
}
