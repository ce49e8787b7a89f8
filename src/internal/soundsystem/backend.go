package soundsystem

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// Backend names a sound system.
type Backend string

// The backends. PulseAudio's also speaks with PipeWire (pipewire-pulse).
const (
	Auto       Backend = "auto" // the first of the others that has the device
	PulseAudio Backend = "pulseaudio"
	ALSA       Backend = "alsa"
	JACK       Backend = "jack"
)

// Backends lists all of them.
var Backends = []Backend{Auto, PulseAudio, ALSA, JACK}

// candidates returns the backends to try, in this order.
func (b Backend) candidates() ([]Backend, error) {
	switch b {
	case Auto:
		if !jackRuns() {
			return []Backend{PulseAudio, ALSA}, nil
		}
		return []Backend{PulseAudio, ALSA, JACK}, nil
	case PulseAudio, ALSA, JACK:
		return []Backend{b}, nil
	}
	return nil, fmt.Errorf("backend is %q, must be one of %v: %w", b, Backends, acquire.ErrUnsupported)
}

// jackRuns reports whether there is a JACK server of the name that clients look
// for, by the semaphores that it keeps for them, as in
// "jack_sem.1000_default_system". Its library writes five lines to the standard
// error output when there is none, which nobody who did not ask for JACK wants to
// read. (A server of PipeWire's keeps none, but is PulseAudio's too.)
func jackRuns() bool {
	server := os.Getenv("JACK_DEFAULT_SERVER")
	if server == "" {
		server = "default"
	}
	semaphores, err := filepath.Glob("/dev/shm/jack_sem.*" + server + "_*")
	return err == nil && len(semaphores) > 0
}

func (b Backend) native() malgo.Backend {
	switch b {
	case PulseAudio:
		return malgo.BackendPulseaudio
	case ALSA:
		return malgo.BackendAlsa
	case JACK:
		return malgo.BackendJack
	}
	panic("soundsystem: backend without a number: " + string(b)) // candidates has excluded it
}
