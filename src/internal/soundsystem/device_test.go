package soundsystem

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/gen2brain/malgo"

	"av_capture/src/internal/acquire"
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
		if !errors.Is(err, acquire.ErrUnknownDevice) {
			t.Errorf("find(%q): %v, want %v", name, err, acquire.ErrUnknownDevice)
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
	if d, err := find(Microphone, plugins, Default); !errors.Is(err, acquire.ErrUnknownDevice) {
		t.Errorf("default is %v, %v; want %v", d, err, acquire.ErrUnknownDevice)
	}
	if got := cards(plugins); got != nil {
		t.Errorf("cards among plug-ins: %v, want none", got)
	}
	card := Device{Backend: ALSA, Name: "USB Audio", ID: "hw:1,0"}
	if d, err := find(Microphone, append(plugins, card), Default); err != nil || d.ID != card.ID {
		t.Errorf("default is %v, %v; want the card", d, err)
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
