package soundsystem

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/media"
)

// Default is the name of the sound system's default device.
const Default = "default"

// Device is a microphone or a loudspeaker.
type Device struct {
	Kind    Kind
	Backend Backend
	Name    string // for people, as in "Built-in Audio Analog Stereo"; not always unique
	ID      string // the sound system's own name, as in "alsa_input.pci-0000_00_1f.3.analog-stereo" or "hw:1,0"
	Card    string // ALSA's id of the sound card, as in "Loopback"; empty for others
	Port    string // of ALSA's USB cards, as in "usb-0000:00:14.0-1", which a camera in the same device has too; else empty
	Default bool   // it is the sound system's default

	id malgo.DeviceID
}

// String describes the device for people.
func (d Device) String() string {
	mark := ""
	if d.Port != "" {
		mark = ", port " + d.Port // what tells two of one model apart
	}
	if d.Default {
		mark += ", the default"
	}
	return fmt.Sprintf("%q (%s%s)", d.Name, d.address(), mark)
}

// label describes an open device for people.
func (d Device) label() string { return fmt.Sprintf("%s (%s)", d.Name, d.address()) }

// address returns a text that identifies the device among those of its kind.
func (d Device) address() string {
	if d.ID == "" {
		return string(d.Backend)
	}
	return string(d.Backend) + " " + printable(d.ID)
}

func deviceOf(kind Kind, backend Backend, info malgo.DeviceInfo) Device {
	d := Device{Kind: kind, Backend: backend, Name: info.Name(), Default: info.IsDefault != 0, id: info.ID}
	if backend != JACK { // its IDs are all 0
		end := bytes.IndexByte(info.ID[:], 0)
		if end < 0 {
			end = len(info.ID)
		}
		d.ID = string(info.ID[:end])
	}
	if backend == ALSA && strings.HasPrefix(d.ID, ":") {
		d.own()
	}
	d.Name = readable(d)
	return d
}

// readable returns a device's name on one line. Some of ALSA's plug-ins have no name or a
// blank one: it is then the ID.
func readable(d Device) string {
	for _, name := range []string{printable(d.Name), printable(d.ID)} {
		if name != "" {
			return name
		}
	}
	return "unnamed " + d.Kind.String()
}

// printable returns a sound system's text on one line, without control characters.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, "?"))
	return strings.Join(strings.Fields(text), " ")
}

// own replaces miniaudio's ID of a card, ":0,1", by that of the bare card. miniaudio opens
// ":0,1" through the plug-in dsnoop or dmix, which resample to formats of their own: only an
// exclusive use is exact, bit for bit. To share a card, name a plug-in or use a sound
// server.
func (d *Device) own() {
	d.ID = "hw" + d.ID
	d.id = malgo.DeviceID{}
	copy(d.id[:], d.ID)
}

// isHardware tells sound cards from ALSA's plug-ins, which exist without cards too.
func (d Device) isHardware() bool {
	return d.Backend != ALSA || strings.HasPrefix(d.ID, "hw:")
}

// isSilence reports whether the device is ALSA's plug-in null, which records zeros.
func (d Device) isSilence() bool { return d.Backend == ALSA && d.ID == "null" }

// listed returns the devices for lists and errors. ALSA's plug-ins are left out, but can be
// named.
func listed(devices []Device) []Device {
	return slices.DeleteFunc(slices.Clone(devices), func(d Device) bool { return !d.isHardware() })
}

// find returns the device with a name: Default, a full name (see called), or a part of
// exactly one listed device's name or ID, in upper or lower case.
func find(kind Kind, devices []Device, name string) (Device, error) {
	if isDefault(name) {
		if d, ok := defaultOf(devices); ok {
			return d, nil
		}
		return Device{}, fmt.Errorf("no default %s, %s: %w", kind, choices(devices), media.ErrUnknownDevice)
	}
	var exact, part []Device
	for _, d := range devices {
		if d.called(name) {
			exact = append(exact, d)
		}
	}
	lower := strings.ToLower(name)
	for _, d := range listed(devices) {
		if strings.Contains(strings.ToLower(d.Name), lower) || strings.Contains(strings.ToLower(d.ID), lower) {
			part = append(part, d)
		}
	}
	for _, matches := range [][]Device{exact, part} {
		switch {
		case len(matches) == 1:
			return matches[0], nil
		case len(matches) > 1:
			return Device{}, fmt.Errorf("ambiguous name, could be %s: %w", enumerate(matches), media.ErrUnknownDevice)
		}
	}
	return Device{}, fmt.Errorf("no such %s, %s: %w", kind, choices(devices), media.ErrUnknownDevice)
}

func isDefault(name string) bool { return name == "" || name == Default }

// defaultOf returns the device marked as the default, else the first card.
func defaultOf(devices []Device) (Device, bool) {
	for _, d := range devices {
		if d.Default {
			return d, true
		}
	}
	if cards := listed(devices); len(cards) > 0 {
		return cards[0], true
	}
	return Device{}, false
}

// enumerate describes devices for people.
func enumerate(devices []Device) string {
	text := make([]string, len(devices))
	for i, d := range devices {
		text[i] = d.String()
	}
	return strings.Join(text, "; ")
}

// choices lists the devices for people.
func choices(devices []Device) string {
	if devices = listed(devices); len(devices) > 0 {
		return "there are: " + enumerate(devices)
	}
	return "none is plugged in"
}
