package soundsystem

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/media"
)

// Backend names a sound system.
type Backend string

// The backends. That of PulseAudio also serves PipeWire (pipewire-pulse).
const (
	Auto       Backend = "auto" // the first of the others that has the device
	PulseAudio Backend = "pulseaudio"
	ALSA       Backend = "alsa"
	JACK       Backend = "jack"
)

// Backends lists all of them.
var Backends = []Backend{Auto, PulseAudio, ALSA, JACK}

// candidates returns the backends to try, in their order.
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
	return nil, fmt.Errorf("backend is %q, must be one of %v: %w", b, Backends, media.ErrUnsupported)
}

// jackRuns reports whether there is a JACK server of the name that clients look for, by the
// semaphores that it keeps for them, as in "jack_sem.1000_default_system". Without a server
// JACK's library writes five lines to standard error, so that Auto must not try it.
// (PipeWire keeps no semaphores, but is reached by PulseAudio's backend.)
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
	panic("soundsystem: backend without a number: " + string(b)) // candidates excludes others
}
