package soundsystem

import (
	"testing"

	"av_capture/src/internal/acquire"
)

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
		got, converted := Negotiate(test.device, test.wanted)
		if got != test.want || converted != test.converted {
			t.Errorf("%s: %v, converted %v, want %v, %v", test.name, got, converted, test.want, test.converted)
		}
	}
}
