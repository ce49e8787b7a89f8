package soundsystem

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
	"av_capture/src/internal/holder"
)

// System is a connection with a sound system: a context of miniaudio. One
// goroutine uses it at a time.
type System struct {
	backend Backend
	context *malgo.AllocatedContext

	owner   string // who has claimed a sound card, if anybody has
	release func() // ends the claim

	xrun atomic.Bool // miniaudio has told of a loss of unknown size, or of a device that ran dry

	judged bool // errors of ALSA's reach miniaudio as one that it knows

	pulled atomic.Uint32 // times that miniaudio has found the card gone
	gone   chan struct{} // closed when that is certain

	mu   sync.Mutex
	last string // miniaudio's newest word, which explains an error
}

// What miniaudio says when sound was lost: ALSA's buffer ran over or empty, or
// the PulseAudio server left something out. It says so on the device's thread,
// just before it hands over or asks for what comes after.
var xruns = []string{"EPIPE (read)", "EPIPE (write)", "Hole."}

// pulledOut is what miniaudio says of a card that is in the state
// SND_PCM_STATE_DISCONNECTED. It goes on to wait for it, which takes no time any
// more: it says so as often as a core can, until the device is stopped.
const pulledOut = "POLLERR detected. status = 8"

// pulledOutCertain is how often it has said so when the device can be stopped.
// After the first time it may still read, and when it is stopped while it reads
// in vain it converts a negative number of audio frames, as far as there is
// memory. From the second time on the kernel does not let it come so far.
const pulledOutCertain = 3

// connect makes a connection. It blocks while a sound server does not answer.
func connect(backend Backend) (*System, error) {
	if backend == PulseAudio {
		if err := pulseAnswers(); err != nil {
			return nil, err
		}
	}
	s := &System{backend: backend, release: func() {}, gone: make(chan struct{})}
	context, err := malgo.InitContext([]malgo.Backend{backend.native()}, malgo.ContextConfig{}, s.log)
	if err != nil {
		return nil, s.explain(err)
	}
	s.context = context
	if backend == ALSA {
		s.judged = judgeTransfers(context)
	}
	s.forget()
	return s, nil
}

// Close ends the connection. No device of it may be open.
func (s *System) Close() {
	_ = s.context.Uninit() // fails for a context that is none only
	s.context.Free()
	s.release()
}

// Claim has others in this process told, by owner's words such as "node
// /microphone", who has a sound card, until the connection is closed. It refuses
// nothing: a card that serves several at once says itself when it is busy. It is
// called once.
func (s *System) Claim(d Device, owner string) {
	if c, ok := cardOf(d); ok {
		s.owner = owner
		s.release, _ = holder.Claim(c.path(), owner) // whoever was first is named
	}
}

// log is called by miniaudio on threads of its own.
func (s *System) log(message string) {
	for _, text := range xruns {
		if strings.Contains(message, text) {
			s.xrun.Store(true)
		}
	}
	if strings.Contains(message, pulledOut) && s.pulled.Add(1) == pulledOutCertain {
		close(s.gone)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = strings.TrimSpace(message)
}

// forget begins a new matter: what miniaudio said before does not explain it.
func (s *System) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ""
}

// explain adds to an error what miniaudio said last.
func (s *System) explain(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, s.last)
}

// devices lists the devices of a kind, without those that are none.
func (s *System) devices(kind Kind) ([]Device, error) {
	infos, err := s.context.Devices(kind.native())
	if err != nil {
		return nil, s.explain(err)
	}
	var devices []Device
	for _, info := range infos {
		if d := deviceOf(kind, s.backend, info); !d.isSilence() {
			if c, ok := cardOf(d); ok {
				d.Card = cardName(asound, c.number)
			}
			devices = append(devices, d)
		}
	}
	return devices, nil
}

// Formats asks a device what it has, with the wanted rate [Hz] among what is
// asked; 0 means none in particular.
func (s *System) Formats(d Device, wantedRate int) ([]Format, error) {
	if c, ok := cardOf(d); ok {
		return c.formats(wantedRate, s.owner)
	}
	info, err := s.context.DeviceInfo(d.Kind.native(), d.id, malgo.Shared)
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

// Locate connects with the first candidate backend that has the device, and
// returns both. With Auto, ALSA counts only where there is a sound card. It
// blocks while a sound server does not answer.
//
// Its errors are [acquire.ErrAbsent] where there is no sound system or no device
// of the kind, [acquire.ErrUnknownDevice] where none or several have the name,
// and [acquire.ErrUnsupported] for an unknown backend.
func Locate(kind Kind, backend Backend, name string) (*System, Device, error) {
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
		devices, err := s.devices(kind)
		if err == nil && (backend == Auto || !marked(devices) && isDefault(name)) {
			devices = cards(devices)
		}
		if err == nil && len(devices) == 0 {
			err = fmt.Errorf("no %s", kind)
		}
		if err != nil {
			reasons = append(reasons, fmt.Sprintf("%s: %v", candidate, err))
			s.Close()
			continue
		}
		there = append(there, devices...)
		d, err := find(kind, devices, name)
		if err == nil {
			return s, d, nil
		}
		s.Close()
		if unknown == nil {
			unknown = err
		}
	}
	if unknown == nil {
		return nil, Device{}, fmt.Errorf("no %s (%s): %s: %w", kind, strings.Join(reasons, "; "), kind.cure(), acquire.ErrAbsent)
	}
	if len(candidates) > 1 {
		_, unknown = find(kind, there, name) // over all of them
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

// List returns the devices of a kind and a backend, of all of them for Auto. A
// backend that is not running has none. It returns early, with ctx's error,
// when ctx ends.
func List(ctx context.Context, kind Kind, backend Backend) ([]Device, error) {
	candidates, err := backend.candidates()
	if err != nil {
		return nil, fmt.Errorf("%s: list: %w", kind, err)
	}
	found := make(chan []Device, 1)
	go func() {
		var devices []Device
		for _, candidate := range candidates {
			s, err := connect(candidate)
			if err != nil {
				continue
			}
			if d, err := s.devices(kind); err == nil {
				if backend == Auto {
					d = cards(d)
				}
				devices = append(devices, d...)
			}
			s.Close()
		}
		found <- devices
	}()
	select {
	case devices := <-found:
		return devices, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: list: %w", kind, ctx.Err())
	}
}
