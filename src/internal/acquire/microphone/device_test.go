package microphone

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
		got, err := find(devices, name)
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
		_, err := find(devices, name)
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
	if d, err := find(plugins, Default); !errors.Is(err, acquire.ErrUnknownDevice) {
		t.Errorf("default is %v, %v; want %v", d, err, acquire.ErrUnknownDevice)
	}
	if got := cards(plugins); got != nil {
		t.Errorf("cards among plug-ins: %v, want none", got)
	}
	card := Device{Backend: ALSA, Name: "USB Audio", ID: "hw:1,0"}
	if d, err := find(append(plugins, card), Default); err != nil || d.ID != card.ID {
		t.Errorf("default is %v, %v; want the card", d, err)
	}
}

func TestFormatIsNegotiated(t *testing.T) {
	stereo := Format{48000, 2, acquire.S32LE}
	for _, test := range []struct {
		name      string
		device    []Format
		wanted    Format
		want      Format
		converted bool
	}{
		{"the same", []Format{stereo}, stereo, stereo, false},
		{"the device's own", []Format{stereo}, Format{}, stereo, false},
		{"its own rate", []Format{stereo}, Format{0, 2, acquire.S32LE}, stereo, false},
		{"a second one", []Format{stereo, {44100, 1, acquire.S16LE}}, Format{44100, 1, acquire.S16LE}, Format{44100, 1, acquire.S16LE}, false},
		{"the second's rate", []Format{stereo, {44100, 1, acquire.S16LE}}, Format{Channels: 1}, Format{44100, 1, acquire.S16LE}, false},
		{"any", []Format{{0, 0, acquire.S16LE}}, Format{12345, 7, acquire.S16LE}, Format{12345, 7, acquire.S16LE}, false},
		{"another rate", []Format{stereo}, Format{44100, 2, acquire.S32LE}, Format{44100, 2, acquire.S32LE}, true},
		{"other channels, own rate", []Format{stereo}, Format{0, 1, ""}, Format{48000, 1, acquire.S32LE}, true},
		{"another encoding of any", []Format{{0, 0, acquire.S16LE}}, Format{8000, 1, acquire.U8}, Format{8000, 1, acquire.U8}, true},
		{"an unknown encoding", []Format{{8000, 1, ""}}, Format{8000, 1, acquire.U8}, Format{8000, 1, acquire.U8}, true},
		{"a device that tells nothing", nil, stereo, stereo, true},
	} {
		got, converted := negotiate(test.device, test.wanted)
		if got != test.want || converted != test.converted {
			t.Errorf("%s: %v, converted %v, want %v, %v", test.name, got, converted, test.want, test.converted)
		}
	}
}

func TestConfigIsValidated(t *testing.T) {
	good := Config{SampleRate: 44100, Channels: 1, Encoding: acquire.S16LE, PeriodFrames: 441}
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	for parameter, spoil := range map[string]func(*Config){
		"sample_rate":   func(c *Config) { c.SampleRate = -1 },
		"channels":      func(c *Config) { c.Channels = MaxChannels + 1 },
		"sample_format": func(c *Config) { c.Encoding = "S16" },
		"block_size":    func(c *Config) { c.PeriodFrames = 0 },
		"backend":       func(c *Config) { c.Backend = "null" },
	} {
		bad := good
		spoil(&bad)
		_, err := New(bad).Open(t.Context())
		if !errors.Is(err, acquire.ErrUnsupported) || !strings.Contains(err.Error(), parameter) {
			t.Errorf("bad %s: %v, want %v that names it", parameter, err, acquire.ErrUnsupported)
		}
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
		got := deviceOf(ALSA, info)
		opened := string(bytes.TrimRight(got.id[:], "\x00"))
		if got.ID != want || opened != want {
			t.Errorf("the device %q is called %q and opened as %q, want %q", id, got.ID, opened, want)
		}
	}
}
