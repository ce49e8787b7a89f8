package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/soundsystem"
)

func fourCC(text string) webcam.FourCC {
	return webcam.FourCC(text[0]) | webcam.FourCC(text[1])<<8 | webcam.FourCC(text[2])<<16 | webcam.FourCC(text[3])<<24
}

func TestCamerasAreListed(t *testing.T) {
	sizes := []webcam.Size{
		{Width: 640, Height: 480, FrameRates: []float64{30, 15}},
		{Width: 800, Height: 600, FrameRates: []float64{30, 15}},
		{Width: 1280, Height: 720, FrameRates: []float64{9.5}},
	}
	var out strings.Builder
	printCameras(&out, []webcam.Device{{
		Path: "/dev/video0", Card: "HD Webcam", Bus: "usb-0000:00:14.0-1", USB: "046d:085c",
		Links: []string{"/dev/v4l/by-id/usb-Acme_HD_Webcam_0001-video-index0"},
		Formats: []webcam.Format{
			{FourCC: fourCC("YUYV"), Sizes: sizes}, {FourCC: fourCC("UYVY"), Sizes: sizes},
			{FourCC: fourCC("MJPG"), Sizes: []webcam.Size{{Width: 1920, Height: 1080}}},
			{FourCC: fourCC("NV12"), Range: &webcam.SizeRange{MinWidth: 16, MinHeight: 16, MaxWidth: 4096, MaxHeight: 2160}},
			{FourCC: fourCC("GREY")},
		},
	}, {
		Path: "/dev/video2", Card: "IR Webcam",
		Problem: fmt.Errorf("%w; join the group video", fs.ErrPermission),
	}, {
		Path: "/dev/video4", Card: "Mute",
	}}, func(path string) []string {
		if path == "/dev/video0" {
			return []string{"cheese (process 812)"}
		}
		return nil
	})
	want := `Cameras, by what video_device may be:

/dev/video0  "HD Webcam"
  or       046d:085c, usb-Acme_HD_Webcam_0001-video-index0, usb-0000:00:14.0-1
  formats  YUYV UYVY: 640x480, 800x600 at 30, 15 images/s; 1280x720 at 9.5 images/s
           MJPG: 1920x1080
           NV12: 16x16 to 4096x2160
           GREY: sizes that it does not tell
  in use   by cheese (process 812)

/dev/video2  "IR Webcam"
  closed   it cannot be opened: permission denied; join the group video

/dev/video4  "Mute"
  formats  it does not tell
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMicrophonesAreListed(t *testing.T) {
	var card []soundsystem.Format
	for _, encoding := range []acquire.SampleFormat{acquire.S16LE, acquire.S32LE} {
		for _, channels := range []int{1, 2, 4, 5, 6} {
			for _, rate := range []int{48000, 44100} {
				card = append(card, soundsystem.Format{SampleRate: rate, Channels: channels, Encoding: encoding})
			}
		}
	}
	card = append(card, soundsystem.Format{SampleRate: 8000, Channels: 1, Encoding: acquire.U8})
	var out strings.Builder
	printMicrophones(&out, []soundsystem.Inventory{{
		Backend: soundsystem.PulseAudio,
		Offers: []soundsystem.Offer{{
			Device:  soundsystem.Device{Backend: soundsystem.PulseAudio, Name: "Webcam Mono", ID: "alsa_input.usb-c920", Default: true},
			Formats: []soundsystem.Format{{SampleRate: 16000, Channels: 1, Encoding: acquire.S16LE}},
		}},
	}, {
		Backend: soundsystem.ALSA,
		Offers: []soundsystem.Offer{{
			Device:  soundsystem.Device{Backend: soundsystem.ALSA, Name: "C920, USB Audio", ID: "hw:1,0", Card: "C920"},
			Formats: card,
		}, {
			Device:  soundsystem.Device{Backend: soundsystem.ALSA, Name: "PCH, ALC256", ID: "hw:0,0", Card: "PCH"},
			Problem: fmt.Errorf("open /dev/snd/pcmC0D0c: in use by arecord (process 77): %w", acquire.ErrBusy),
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
  or       hw:1,0 or hw:CARD=C920,DEV=0
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

func TestNothingThereIsSaidPlainly(t *testing.T) {
	var out strings.Builder
	printCameras(&out, nil, nil)
	printMicrophones(&out, []soundsystem.Inventory{
		{Backend: soundsystem.PulseAudio, Problem: errors.New("no server")}, {Backend: soundsystem.ALSA},
	})
	for _, want := range []string{"Cameras: none.", "--device /dev/video0", "Microphones: none.", "pulseaudio: no server", "alsa: no microphone"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, without %q", out.String(), want)
		}
	}
}

func TestLongFieldsAreWrapped(t *testing.T) {
	var out strings.Builder
	var words []string
	for i := range 60 {
		words = append(words, fmt.Sprintf("F%03d", i))
	}
	printField(&out, "formats", strings.Join(words, " "))
	for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		if len(line) > lineWidth || i > 0 && !strings.HasPrefix(line, "           F") {
			t.Errorf("line %d: %q", i, line)
		}
	}
	if got := strings.Fields(out.String())[1:]; !cmp.Equal(got, words) {
		t.Errorf("got %q, want every word once", got)
	}
}
