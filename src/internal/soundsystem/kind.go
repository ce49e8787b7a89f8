package soundsystem

import (
	"golang.org/x/sys/unix"

	"github.com/gen2brain/malgo"
)

// Kind is the direction of a device's sound.
type Kind int

// The kinds.
const (
	Microphone Kind = iota
	Loudspeaker
)

// String returns the kind for people.
func (k Kind) String() string {
	if k == Loudspeaker {
		return "loudspeaker"
	}
	return "microphone"
}

// cure tells people what to do on a machine without such devices.
func (k Kind) cure() string {
	const server = ", or start the sound server (PulseAudio, or PipeWire with pipewire-pulse)"
	if k == Loudspeaker {
		return "plug a loudspeaker in" + server
	}
	return "plug a microphone in" + server + ", or use another source"
}

// native returns miniaudio's type of device.
func (k Kind) native() malgo.DeviceType {
	if k == Loudspeaker {
		return malgo.Playback
	}
	return malgo.Capture
}

// suffix returns the last letter of the kernel's names of device nodes.
func (k Kind) suffix() rune {
	if k == Loudspeaker {
		return 'p'
	}
	return 'c'
}

// mode returns the mode of opening such a device node.
func (k Kind) mode() int {
	if k == Loudspeaker {
		return unix.O_WRONLY
	}
	return unix.O_RDONLY
}
