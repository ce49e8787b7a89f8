package devices

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

func TestMicrophonesAreListed(t *testing.T) {
	var card []soundsystem.Format
	for _, encoding := range []media.SampleFormat{media.S16LE, media.S32LE} {
		for _, channels := range []int{1, 2, 4, 5, 6} {
			for _, rate := range []int{48000, 44100} {
				card = append(card, soundsystem.Format{SampleRate: rate, Channels: channels, Encoding: encoding})
			}
		}
	}
	card = append(card, soundsystem.Format{SampleRate: 8000, Channels: 1, Encoding: media.U8})
	var out strings.Builder
	printMicrophones(&out, []soundsystem.Inventory{{
		Backend: soundsystem.PulseAudio,
		Offers: []soundsystem.Offer{{
			Device:  soundsystem.Device{Backend: soundsystem.PulseAudio, Name: "Webcam Mono", ID: "alsa_input.usb-c920", Default: true},
			Formats: []soundsystem.Format{{SampleRate: 16000, Channels: 1, Encoding: media.S16LE}},
		}},
	}, {
		Backend: soundsystem.ALSA,
		Offers: []soundsystem.Offer{{
			Device:  soundsystem.Device{Backend: soundsystem.ALSA, Name: "C920, USB Audio", ID: "hw:1,0", Card: "C920", Port: "usb-0000:00:14.0-1"},
			Formats: card,
		}, {
			Device:  soundsystem.Device{Backend: soundsystem.ALSA, Name: "PCH, ALC256", ID: "hw:0,0", Card: "PCH"},
			Problem: fmt.Errorf("open /dev/snd/pcmC0D0c: in use by arecord (process 77): %w", media.ErrBusy),
		}},
	}, {
		Backend: soundsystem.JACK,
		Problem: errors.New("no server"),
	}})
	want := `Microphones, by what device may be:

"Webcam Mono"  (backend pulseaudio, the default)
  or       alsa_input.usb-c920
  formats  S16LE: 1 channel at 16000 Hz

"C920, USB Audio"  (backend alsa)
  or       hw:1,0 or hw:CARD=C920,DEV=0 or usb-0000:00:14.0-1
  formats  S16LE S32LE: 1, 2, 4 to 6 channels at 44100, 48000 Hz
           U8: 1 channel at 8000 Hz

"PCH, ALC256"  (backend alsa)
  or       hw:0,0 or hw:CARD=PCH,DEV=0
  closed   it cannot be opened: open /dev/snd/pcmC0D0c: in use by arecord (process 77): device busy

  jack: no server
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
