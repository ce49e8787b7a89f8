package soundsystem

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
)

// Default is the name of the sound system's default device.
const Default = "default"

// Device is a microphone or a loudspeaker that is there.
type Device struct {
	Kind    Kind
	Backend Backend
	Name    string // for people, as in "Built-in Audio Analog Stereo"; not always unique
	ID      string // the sound system's own name, as in "alsa_input.pci-0000_00_1f.3.analog-stereo" or "hw:1,0"
	Card    string // ALSA's id of the sound card, as in "Loopback"; empty for others
	Default bool   // the sound system's choice

	id malgo.DeviceID
}

// String describes the device for people.
func (d Device) String() string {
	mark := ""
	if d.Default {
		mark = ", the default"
	}
	return fmt.Sprintf("%q (%s%s)", d.Name, d.address(), mark)
}

// address returns what tells the device from all others of its kind.
func (d Device) address() string {
	if d.ID == "" {
		return string(d.Backend)
	}
	return string(d.Backend) + " " + d.ID
}

func deviceOf(kind Kind, backend Backend, info malgo.DeviceInfo) Device {
	d := Device{Kind: kind, Backend: backend, Name: info.Name(), Default: info.IsDefault != 0, id: info.ID}
	if backend != JACK { // whose ID is a number that is always 0
		end := bytes.IndexByte(info.ID[:], 0)
		if end < 0 {
			end = len(info.ID)
		}
		d.ID = string(info.ID[:end])
	}
	if backend == ALSA && strings.HasPrefix(d.ID, ":") {
		d.own()
	}
	return d
}

// own makes the ID of a card, ":0,1" as miniaudio has it, that of the card
// alone. miniaudio would ask and open ":0,1" through the plug-in dsnoop or dmix,
// which have a rate, channels and an encoding of their own and resample: what the
// card gives or takes, bit for bit, only its owner gets or gives. Who wants to
// share a card names a plug-in, or uses a sound server.
func (d *Device) own() {
	d.ID = "hw" + d.ID
	d.id = malgo.DeviceID{}
	copy(d.id[:], d.ID)
}

// isHardware tells sound cards from ALSA's plug-ins, which are always listed.
func (d Device) isHardware() bool {
	return d.Backend != ALSA || strings.HasPrefix(d.ID, "hw:")
}

// isSilence tells ALSA's plug-in that records zeros and plays nothing.
func (d Device) isSilence() bool { return d.Backend == ALSA && d.ID == "null" }

// find returns the device that a name means: Default, or an exact name or ID or
// another of ALSA's names (see aliases), or a part of exactly one device's name or
// ID, in upper or lower case.
func find(kind Kind, devices []Device, name string) (Device, error) {
	if isDefault(name) {
		if d, ok := defaultOf(devices); ok {
			return d, nil
		}
		return Device{}, fmt.Errorf("no default %s, name one of: %s: %w", kind, listDevices(devices), acquire.ErrUnknownDevice)
	}
	var exact, part []Device
	for _, d := range devices {
		if d.called(name) {
			exact = append(exact, d)
		}
		lower := strings.ToLower(name)
		if strings.Contains(strings.ToLower(d.Name), lower) || strings.Contains(strings.ToLower(d.ID), lower) {
			part = append(part, d)
		}
	}
	for _, matches := range [][]Device{exact, part} {
		switch {
		case len(matches) == 1:
			return matches[0], nil
		case len(matches) > 1:
			return Device{}, fmt.Errorf("ambiguous name, could be %s: %w", listDevices(matches), acquire.ErrUnknownDevice)
		}
	}
	return Device{}, fmt.Errorf("no such %s, there are: %s: %w", kind, listDevices(devices), acquire.ErrUnknownDevice)
}

func isDefault(name string) bool { return name == "" || name == Default }

// defaultOf returns the device marked as the default, else the first card.
func defaultOf(devices []Device) (Device, bool) {
	for _, d := range devices {
		if d.Default {
			return d, true
		}
	}
	for _, d := range devices {
		if d.isHardware() {
			return d, true
		}
	}
	return Device{}, false
}

func listDevices(devices []Device) string {
	text := make([]string, len(devices))
	for i, d := range devices {
		text[i] = d.String()
	}
	return strings.Join(text, "; ")
}
