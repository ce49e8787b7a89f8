package soundsystem

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/media"
)

var devices = []Device{
	{Backend: PulseAudio, Name: "Monitor of Speakers", ID: "alsa_output.analog.monitor"},
	{Backend: PulseAudio, Name: "Webcam C920", ID: "alsa_input.usb-c920", Default: true},
	{Backend: PulseAudio, Name: "Webcam C930e", ID: "alsa_input.usb-c930e"},
	{Backend: PulseAudio, Name: "Webcam", ID: "alsa_input.usb-old"},
	{Backend: PulseAudio, Name: "Twin", ID: "twin.1"},
	{Backend: PulseAudio, Name: "Twin", ID: "twin.2"},
}

func TestDeviceIsFoundByItsName(t *testing.T) {
	for name, want := range map[string]string{
		"":                     "alsa_input.usb-c920", // the default
		"default":              "alsa_input.usb-c920",
		"Webcam C920":          "alsa_input.usb-c920",
		"alsa_input.usb-c930e": "alsa_input.usb-c930e",
		"Webcam":               "alsa_input.usb-old", // exact before part
		"c930":                 "alsa_input.usb-c930e",
		"speakers":             "alsa_output.analog.monitor",
		"twin.2":               "twin.2",
	} {
		got, err := find(Microphone, devices, name)
		if err != nil || got.ID != want {
			t.Errorf("find(%q) = %v, %v, want %v", name, got.ID, err, want)
		}
	}
}

func TestUnknownAndAmbiguousNamesListWhatIsThere(t *testing.T) {
	for name, listed := range map[string][]string{
		"nonsense": {"Monitor of Speakers", "alsa_input.usb-c920, the default", "Twin"},
		"web":      {"C920", "C930e"},
		"Twin":     {"twin.1", "twin.2"},
	} {
		_, err := find(Microphone, devices, name)
		if !errors.Is(err, media.ErrUnknownDevice) {
			t.Errorf("find(%q): %v, want %v", name, err, media.ErrUnknownDevice)
			continue
		}
		for _, want := range listed {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("find(%q): %v, without %q", name, err, want)
			}
		}
	}
}

func TestDefaultIsNeverAPluginOfALSA(t *testing.T) {
	plugins := []Device{{Backend: ALSA, Name: "Rate Converter", ID: "samplerate"}, {Backend: ALSA, Name: "JACK", ID: "jack"}}
	if d, err := find(Microphone, plugins, Default); !errors.Is(err, media.ErrUnknownDevice) {
		t.Errorf("default is %v, %v; want %v", d, err, media.ErrUnknownDevice)
	}
	if got := cards(plugins); got != nil {
		t.Errorf("cards among plug-ins: %v, want none", got)
	}
	card := Device{Backend: ALSA, Name: "USB Audio", ID: "hw:1,0"}
	if d, err := find(Microphone, append(plugins, card), Default); err != nil || d.ID != card.ID {
		t.Errorf("default is %v, %v; want the card", d, err)
	}
}

// TestPluginsOfALSAAreOnlyTakenByName: a plug-in is no device that people have, so
// errors tell of none, and a part of a name means none.
func TestPluginsOfALSAAreOnlyTakenByName(t *testing.T) {
	plugins := []Device{{Backend: ALSA, Name: "Rate Converter", ID: "samplerate"}, {Backend: ALSA, Name: "C920 shared", ID: "dsnoop:CARD=C920"}}
	card := Device{Backend: ALSA, Name: "C920", ID: "hw:1,0", Card: "C920"}
	there := append(plugins, card)
	for name, want := range map[string]string{"samplerate": "samplerate", "dsnoop:CARD=C920": "dsnoop:CARD=C920", "c92": card.ID, "C920": card.ID} {
		if d, err := find(Microphone, there, name); err != nil || d.ID != want {
			t.Errorf("find(%q) = %v, %v, want %s", name, d, err, want)
		}
	}
	for name, devices := range map[string][]Device{"nonsense": there, "rate": there, "lost": plugins} {
		_, err := find(Microphone, devices, name)
		if !errors.Is(err, media.ErrUnknownDevice) || strings.Contains(err.Error(), "samplerate") || strings.Contains(err.Error(), "dsnoop") {
			t.Errorf("find(%q): %v, want %v without plug-ins", name, err, media.ErrUnknownDevice)
		}
		if len(devices) > 2 != strings.Contains(err.Error(), "hw:1,0") {
			t.Errorf("find(%q): %v, want the cards that are there", name, err)
		}
	}
}

func TestNoNameIsEmpty(t *testing.T) {
	for _, test := range []struct{ name, id, want string }{
		{"", "default", "default"},
		{"  ", "default", "default"},
		{"USB Audio\nDirect hardware device", "hw:1,0", "USB Audio Direct hardware device"},
		{"", "", "unnamed microphone"},
	} {
		if got := readable(Device{Name: test.name, ID: test.id}); got != test.want {
			t.Errorf("%q with ID %q is called %q, want %q", test.name, test.id, got, test.want)
		}
	}
	var info malgo.DeviceInfo
	copy(info.ID[:], "default")
	if d := deviceOf(Microphone, ALSA, info); d.label() != "default (alsa default)" {
		t.Errorf("a plug-in without a name is %q", d.label())
	}
}

func TestAlsaCardsAreOwned(t *testing.T) {
	for id, want := range map[string]string{
		":0,1":               "hw:0,1",
		"hw:CARD=C920":       "hw:CARD=C920",
		"dsnoop:CARD=C920":   "dsnoop:CARD=C920",
		"sysdefault:CARD=PC": "sysdefault:CARD=PC",
	} {
		var info malgo.DeviceInfo
		copy(info.ID[:], id)
		got := deviceOf(Microphone, ALSA, info)
		opened := string(bytes.TrimRight(got.id[:], "\x00"))
		if got.ID != want || opened != want {
			t.Errorf("the device %q is called %q and opened as %q, want %q", id, got.ID, opened, want)
		}
	}
}
