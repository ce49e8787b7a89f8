package soundsystem

import (
	"testing"

	"av_capture/src/internal/media"
)

func TestFormatIsNegotiated(t *testing.T) {
	stereo := Format{48000, 2, media.S32LE}
	array := []Format{{16000, 6, media.S16LE}}
	card := []Format{{48000, 2, media.S16LE}, {44100, 2, media.S16LE}, {16000, 2, media.S16LE},
		{48000, 8, media.S16LE}, {48000, 2, media.S32LE}, {44100, 2, media.S32LE}}
	for _, test := range []struct {
		name      string
		device    []Format
		wanted    Format
		channels  int
		native    Format
		given     Format
		converted bool
	}{
		{"the same", []Format{stereo}, stereo, 0, stereo, stereo, false},
		{"the device's own", []Format{stereo}, Format{}, 0, stereo, stereo, false},
		{"its own rate", []Format{stereo}, Format{0, 2, media.S32LE}, 0, stereo, stereo, false},
		{"a second one", []Format{stereo, {44100, 1, media.S16LE}}, Format{44100, 1, media.S16LE}, 0, Format{44100, 1, media.S16LE}, Format{44100, 1, media.S16LE}, false},
		{"the second's rate", []Format{stereo, {44100, 1, media.S16LE}}, Format{Channels: 1}, 0, Format{44100, 1, media.S16LE}, Format{44100, 1, media.S16LE}, false},
		{"any", []Format{{0, 0, media.S16LE}}, Format{12345, 7, media.S16LE}, 0, Format{12345, 7, media.S16LE}, Format{12345, 7, media.S16LE}, false},
		{"another rate", []Format{stereo}, Format{44100, 2, media.S32LE}, 0, stereo, Format{44100, 2, media.S32LE}, true},
		{"other channels, own rate", []Format{stereo}, Format{0, 1, ""}, 0, stereo, Format{48000, 1, media.S32LE}, true},
		{"another encoding of any", []Format{{0, 0, media.S16LE}}, Format{8000, 1, media.U8}, 0, Format{8000, 1, media.S16LE}, Format{8000, 1, media.U8}, true},
		{"an unknown encoding", []Format{{8000, 1, ""}}, Format{8000, 1, media.U8}, 0, Format{8000, 1, ""}, Format{8000, 1, media.U8}, true},
		{"a device that tells nothing", nil, stereo, 0, stereo, stereo, true},
		{"mono of an array", array, Format{16000, 1, media.S16LE}, 0, array[0], Format{16000, 1, media.S16LE}, true},
		{"a channel of an array", array, Format{16000, 1, media.S16LE}, 4, array[0], Format{16000, 1, media.S16LE}, false},
		{"a channel of an array at another rate", array, Format{44100, 1, media.S16LE}, 4, array[0], Format{44100, 1, media.S16LE}, true},
		{"the next higher rate", card, Format{32000, 2, media.S16LE}, 0, card[1], Format{32000, 2, media.S16LE}, true},
		{"the highest rate where none is higher", card, Format{96000, 2, media.S16LE}, 0, card[0], Format{96000, 2, media.S16LE}, true},
		{"an encoding of higher resolution", card, Format{44100, 2, media.S24LE}, 0, card[5], Format{44100, 2, media.S24LE}, true},
		{"the rate before the number of channels", card, Format{44100, 1, media.S16LE}, 0, card[1], Format{44100, 1, media.S16LE}, true},
		{"channels that are there before the rate", card, Format{44100, 3, media.S16LE}, 0, card[3], Format{44100, 3, media.S16LE}, true},
		{"channels that are chosen before the rate", card, Format{44100, 1, media.S16LE}, 6, card[3], Format{44100, 1, media.S16LE}, true},
	} {
		native, given, converted := Negotiate(test.device, test.wanted, test.channels)
		if native != test.native || given != test.given || converted != test.converted {
			t.Errorf("%s: opened with %v for %v, converted %v, want %v for %v, %v",
				test.name, native, given, converted, test.native, test.given, test.converted)
		}
	}
}
