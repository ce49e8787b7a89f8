package soundsystem

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
	"av_capture/src/internal/oneline"
)

// System is a connection with a sound system: a context of miniaudio. One goroutine at a time
// may use it.
type System struct {
	backend Backend
	context *malgo.AllocatedContext

	owner   string // the owner of a claim, or empty
	release func() // ends the claim

	capture   atomic.Pointer[capture] // of an open microphone, for its thread
	xrun      atomic.Bool             // miniaudio has reported an underrun of a loudspeaker
	untouched atomic.Bool             // miniaudio converts nothing of the last device that was opened

	pulled sync.Once     // closes gone
	gone   chan struct{} // closed when miniaudio reports that the card is gone

	mu   sync.Mutex
	last string // miniaudio's last message, which explains an error
}

// xruns are miniaudio's messages about lost sound: an overrun or underrun of ALSA's buffer, or
// a hole from a PulseAudio server. They come on the device's thread, just before the next
// callback.
var xruns = []string{"EPIPE (read)", "EPIPE (write)", "Hole."}

// passthrough is miniaudio's message about a device that it has opened without conversion.
var passthrough = regexp.MustCompile(`Passthrough: +YES`)

// pulledOut is miniaudio's message about a card in the state SND_PCM_STATE_DISCONNECTED, of
// which symbols.c makes an error. miniaudio's thread then stops by itself.
const pulledOut = "snd_pcm_poll_descriptors_revents() failed"

// connect makes a connection. It blocks while a sound server hangs.
func connect(backend Backend) (*System, error) {
	if backend == PulseAudio {
		if err := pulseAnswers(); err != nil {
			return nil, err
		}
	}
	s := &System{backend: backend, release: func() {}, gone: make(chan struct{})}
	err := connecting(func() (err error) {
		s.context, err = malgo.InitContext([]malgo.Backend{backend.native()}, malgo.ContextConfig{}, s.log)
		return err
	})
	if err != nil {
		return nil, s.explain(err)
	}
	s.forget()
	return s, nil
}

// Close ends the connection. No device of it may be open.
func (s *System) Close() {
	_ = s.context.Uninit() // it fails only for an invalid context
	s.context.Free()
	s.release()
}

// Claim names the owner of a sound card, as in "node /microphone", to others in this process,
// until the connection is closed. It refuses nothing, since a card may serve several at
// once. It is called at most once.
func (s *System) Claim(d Device, owner string) {
	if c, ok := cardOf(d); ok {
		s.owner = owner
		s.release, _ = holder.Claim(c.path(), owner) // it fails for all but the first owner
	}
}

// log takes miniaudio's messages, on threads of its own.
func (s *System) log(message string) {
	for _, text := range xruns {
		if strings.Contains(message, text) {
			s.xrun.Store(true)
			if c := s.capture.Load(); c != nil {
				c.overrun()
			}
		}
	}
	if passthrough.MatchString(message) {
		s.untouched.Store(true)
	}
	if strings.Contains(message, pulledOut) {
		s.pulled.Do(func() { close(s.gone) })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = strings.TrimSpace(message)
}

// forget drops the last message, which does not explain later errors.
func (s *System) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = ""
}

// explain adds miniaudio's last message to an error.
func (s *System) explain(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, s.last)
}

// devices lists the devices of a kind, without ALSA's null.
func (s *System) devices(kind Kind) ([]Device, error) {
	infos, err := s.context.Devices(kind.native())
	if err != nil {
		return nil, s.explain(err)
	}
	ports := cardPorts(asound)
	var devices []Device
	for _, info := range infos {
		if d := deviceOf(kind, s.backend, info); !d.isSilence() {
			if c, ok := cardOf(d); ok {
				d.Card, d.Port = cardName(asound, c.number), ports[c.number]
			}
			devices = append(devices, d)
		}
	}
	return devices, nil
}

// Formats returns a device's formats. It asks for the wanted rate [Hz] too, unless that is 0.
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

// classify translates miniaudio's errors into those of package media.
func classify(err error) error {
	for _, c := range []struct {
		theirs malgo.Result
		ours   error
	}{
		{malgo.ErrBusy, media.ErrBusy},
		{malgo.ErrAlreadyInUse, media.ErrBusy},
		{malgo.ErrFormatNotSupported, media.ErrUnsupported},
		{malgo.ErrShareModeNotSupported, media.ErrUnsupported},
		{malgo.ErrInvalidArgs, media.ErrUnsupported},
	} {
		if errors.Is(err, c.theirs) {
			return fmt.Errorf("%w: %w", err, c.ours)
		}
	}
	// The device or its server is gone, or refuses for another reason.
	return fmt.Errorf("%w: %w", err, media.ErrAbsent)
}

// Locate connects with the first candidate backend that has the device, and returns both. For
// Auto, ALSA counts only if there is a sound card. Locate blocks while a sound server hangs.
//
// Its errors are [media.ErrAbsent] if there is no sound system or no device of the kind,
// [media.ErrUnknownDevice] if none or several have the name, and [media.ErrUnsupported] for
// an unknown backend.
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
		return nil, Device{}, fmt.Errorf("no %s (%s): %s: %w", kind, strings.Join(reasons, "; "), kind.cure(), media.ErrAbsent)
	}
	if len(candidates) > 1 {
		_, unknown = find(kind, there, name) // over all of them
	}
	return nil, Device{}, unknown
}

func marked(devices []Device) bool {
	return slices.ContainsFunc(devices, func(d Device) bool { return d.Default })
}

// cards returns devices, or none if all are ALSA's plug-ins.
func cards(devices []Device) []Device {
	if len(listed(devices)) == 0 {
		return nil
	}
	return devices
}

// notRunning reports whether a connection failed because the sound system is not running. Only
// PulseAudio shows that it runs and refuses.
func notRunning(backend Backend, err error) bool {
	return backend != PulseAudio || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// List returns the devices of a kind and a backend, or of all backends for Auto. If there are
// none, its error has the failures of backends that are running. It returns early, with
// ctx's error, when ctx ends.
func List(ctx context.Context, kind Kind, backend Backend) ([]Device, error) {
	candidates, err := backend.candidates()
	if err != nil {
		return nil, fmt.Errorf("%s: list: %w", kind, err)
	}
	type result struct {
		devices []Device
		err     error
	}
	found := make(chan result, 1)
	go func() {
		var r result
		for _, candidate := range candidates {
			s, err := connect(candidate)
			if err != nil {
				if !notRunning(candidate, err) {
					r.err = oneline.Join(r.err, fmt.Errorf("%s: list: %s: %w", kind, candidate, err))
				}
				continue
			}
			d, err := s.devices(kind)
			if err != nil {
				r.err = oneline.Join(r.err, fmt.Errorf("%s: list: %s: %w", kind, candidate, err))
			}
			r.devices = append(r.devices, listed(d)...)
			s.Close()
		}
		found <- r
	}()
	select {
	case r := <-found:
		if len(r.devices) > 0 {
			return r.devices, nil
		}
		return nil, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%s: list: %w", kind, ctx.Err())
	}
}
