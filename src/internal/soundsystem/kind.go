package soundsystem

import (
	"golang.org/x/sys/unix"

	"github.com/gen2brain/malgo"
)

// Kind is what a device is for.
type Kind int

// The kinds.
const (
	Microphone Kind = iota
	Loudspeaker
)

// String returns the word for people.
func (k Kind) String() string {
	if k == Loudspeaker {
		return "loudspeaker"
	}
	return "microphone"
}

// cure is what to do about a machine that has none.
func (k Kind) cure() string {
	const server = ", or start the sound server (PulseAudio, or PipeWire with pipewire-pulse)"
	if k == Loudspeaker {
		return "plug a loudspeaker in" + server
	}
	return "plug a microphone in" + server + ", or use another source"
}

// native returns miniaudio's word.
func (k Kind) native() malgo.DeviceType {
	if k == Loudspeaker {
		return malgo.Playback
	}
	return malgo.Capture
}

// suffix returns the letter at the end of the names of ALSA's device files.
func (k Kind) suffix() rune {
	if k == Loudspeaker {
		return 'p'
	}
	return 'c'
}

// mode returns how such a file is opened.
func (k Kind) mode() int {
	if k == Loudspeaker {
		return unix.O_WRONLY
	}
	return unix.O_RDONLY
}
