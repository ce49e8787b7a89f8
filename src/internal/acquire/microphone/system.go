package microphone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// system is a connection with a sound system: a context of miniaudio. One
// goroutine uses it at a time.
type system struct {
	backend Backend
	context *malgo.AllocatedContext

	overrun atomic.Bool // miniaudio has told of a loss of unknown size

	mu   sync.Mutex
	last string // miniaudio's newest word, which explains an error
}

// What miniaudio says when sound was lost: ALSA's buffer ran over, or the
// PulseAudio server left something out. It says so on the device's thread, just
// before it hands over what came after.
var overruns = []string{"EPIPE (read)", "Hole."}

// connect makes a connection. It blocks while a sound server does not answer.
func connect(backend Backend) (*system, error) {
	if backend == PulseAudio {
		if err := pulseAnswers(); err != nil {
			return nil, err
		}
	}
	s := &system{backend: backend}
	context, err := malgo.InitContext([]malgo.Backend{backend.native()}, malgo.ContextConfig{}, s.log)
	if err != nil {
		return nil, s.explain(err)
	}
	s.context = context
	s.forget()
	return s, nil
}

// close ends the connection. No device of it may be open.
func (s *system) close() {
	_ = s.context.Uninit() // fails for a context that is none only
	s.context.Free()
}

// log is called by miniaudio on threads of its own.
func (s *system) log(message string) {
	for _, text := range overruns {
		if strings.Contains(message, text) {
			s.overrun.Store(true)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = strings.TrimSpace(message)
}

// forget begins a new matter: what miniaudio said before does not explain it.
func (s *system) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ""
}

// explain adds to an error what miniaudio said last.
func (s *system) explain(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, s.last)
}

// devices lists the microphones, without those that are none.
func (s *system) devices() ([]Device, error) {
	infos, err := s.context.Devices(malgo.Capture)
	if err != nil {
		return nil, s.explain(err)
	}
	var devices []Device
	for _, info := range infos {
		if d := deviceOf(s.backend, info); !d.isSilence() {
			devices = append(devices, d)
		}
	}
	return devices, nil
}

// formats asks a device what it has, with the wanted rate [Hz] among what is
// asked; 0 means none in particular.
func (s *system) formats(d Device, wantedRate int) ([]Format, error) {
	if c, ok := cardOf(d); ok {
		return c.formats(wantedRate)
	}
	info, err := s.context.DeviceInfo(malgo.Capture, d.id, malgo.Shared)
	if err != nil {
		return nil, classify(s.explain(err))
	}
	return formatsOf(info), nil
}

// classify gives miniaudio's errors our names.
func classify(err error) error {
	for _, c := range []struct {
		theirs malgo.Result
		ours   error
	}{
		{malgo.ErrBusy, acquire.ErrBusy},
		{malgo.ErrAlreadyInUse, acquire.ErrBusy},
		{malgo.ErrFormatNotSupported, acquire.ErrUnsupported},
		{malgo.ErrShareModeNotSupported, acquire.ErrUnsupported},
		{malgo.ErrInvalidArgs, acquire.ErrUnsupported},
	} {
		if errors.Is(err, c.theirs) {
			return fmt.Errorf("%w: %w", err, c.ours)
		}
	}
	// The device or its server went away, or refuses for a reason of its own.
	return fmt.Errorf("%w: %w", err, acquire.ErrAbsent)
}

// cure is what to do about a machine without a microphone.
const cure = "plug a microphone in, or start the sound server (PulseAudio, or PipeWire with pipewire-pulse), or use another source"

// locate connects with the first candidate backend that has the device, and
// returns both. With Auto, ALSA counts only where there is a sound card.
func locate(backend Backend, name string) (*system, Device, error) {
	candidates, err := backend.candidates()
	if err != nil {
		return nil, Device{}, err
	}
	var there []Device
	var unknown error
	var reasons []string
	for _, candidate := range candidates {
		s, err := connect(candidate)
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", candidate, err))
			continue
		}
		devices, err := s.devices()
		if err == nil && (backend == Auto || !marked(devices) && isDefault(name)) {
			devices = cards(devices)
		}
		if err == nil && len(devices) == 0 {
			err = errors.New("no microphone")
		}
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", candidate, err))
			s.close()
			continue
		}
		there = append(there, devices...)
		d, err := find(devices, name)
		if err == nil {
			return s, d, nil
		}
		s.close()
		if unknown == nil {
			unknown = err
		}
	}
	if unknown == nil {
		return nil, Device{}, fmt.Errorf("no microphone (%s): %s: %w", strings.Join(reasons, "; "), cure, acquire.ErrAbsent)
	}
	if len(candidates) > 1 {
		_, unknown = find(there, name) // over all of them
	}
	return nil, Device{}, unknown
}

func marked(devices []Device) bool {
	return slices.ContainsFunc(devices, func(d Device) bool { return d.Default })
}

// cards leaves ALSA's plug-ins out if there is no sound card for them.
func cards(devices []Device) []Device {
	for _, d := range devices {
		if d.isHardware() {
			return devices
		}
	}
	return nil
}

// List returns the microphones of a backend, of all of them for Auto. A
// backend that is not running has none. It returns early, with ctx's error,
// when ctx ends.
func List(ctx context.Context, backend Backend) ([]Device, error) {
	candidates, err := backend.candidates()
	if err != nil {
		return nil, fmt.Errorf("microphone: list: %w", err)
	}
	found := make(chan []Device, 1)
	go func() {
		var devices []Device
		for _, candidate := range candidates {
			s, err := connect(candidate)
			if err != nil {
				continue
			}
			if d, err := s.devices(); err == nil {
				if backend == Auto {
					d = cards(d)
				}
				devices = append(devices, d...)
			}
			s.close()
		}
		found <- devices
	}()
	select {
	case devices := <-found:
		return devices, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("microphone: list: %w", ctx.Err())
	}
}
