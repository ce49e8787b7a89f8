package main

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
)

func TestParametersWithWhichNoSourceOpensAreRefused(t *testing.T) {
	configured := func(source, format string) camera.Config {
		return camera.Config{Source: source, VideoDevice: "/dev/video0", PixelFormat: format, ImageWidth: 640, ImageHeight: 480, FrameRate: 30, BufferCount: 4}
	}
	for _, test := range []struct {
		config camera.Config
		want   string // in the error; empty for none
	}{
		{configured("synthetic", "bgr8"), ""},
		{configured("synthetic", "mono16"), `pixel_format is "mono16", must be one of`},
		{configured("ffmpeg", "nv21"), `pixel_format is "nv21", must be one of`},
		{configured("file", "bayer_rggb8"), `pixel_format is "bayer_rggb8", must be one of`},
		{configured("v4l2", "mono16"), ""}, // the camera may have it
	} {
		_, err := checkedCamera(openCamera)(test.config, func(string) {})
		if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || !errors.Is(err, media.ErrUnsupported)) {
			t.Errorf("%s, %s: got %v, want %q", test.config.Source, test.config.PixelFormat, err, test.want)
		}
	}
	sweep := microphone.Config{Source: "synthetic", SampleRate: 10, Channels: 1, SampleFormat: media.S16LE, BlockSize: 10, Signal: "sweep"}
	if _, err := checkedMicrophone(openMicrophone)(sweep, func(string) {}); err == nil || !strings.Contains(err.Error(), "sample_rate") {
		t.Errorf("got %v, want an error of sample_rate", err)
	}
}

func TestDemoSaysWhyThereIsNoMicrophone(t *testing.T) {
	if got := noMicrophone(nil, errors.New("pulseaudio: permission denied")); !strings.Contains(got, "permission denied") || strings.Contains(got, "plugged in") {
		t.Errorf("got %q", got)
	}
	if got := noMicrophone(nil, nil); got != "none is plugged in" {
		t.Errorf("got %q", got)
	}
}
