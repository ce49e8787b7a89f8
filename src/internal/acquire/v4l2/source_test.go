package v4l2

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

func TestOpenRefusesWithAReason(t *testing.T) {
	tests := []struct {
		name   string
		config Config
		want   error // nil: any
		text   string
	}{
		{"camera absent", Config{Device: "63", PixelFormat: "bgr8"}, media.ErrAbsent, "there is"},
		{"camera's path absent", Config{Device: "/dev/video63", PixelFormat: "bgr8"}, media.ErrAbsent, "there is"},
		{"camera's name unknown", Config{Device: "no such camera", PixelFormat: "bgr8"}, media.ErrUnknownDevice, "there is"},
		{"camera is no V4L2 device", Config{Device: "/dev/null", PixelFormat: "bgr8"}, media.ErrUnknownDevice, "V4L2"},
		{"camera is a folder", Config{Device: "/dev", PixelFormat: "bgr8"}, media.ErrUnknownDevice, "not a character device"},
		{"camera is a file", Config{Device: "/proc/self/exe", PixelFormat: "bgr8"}, media.ErrUnknownDevice, "not a character device"},
		{"no device", Config{PixelFormat: "bgr8"}, nil, "video_device"},
		{"negative width", Config{Device: "0", Width: -640, Height: 480, PixelFormat: "bgr8"}, media.ErrUnsupported, "image_width"},
		{"negative height", Config{Device: "0", Width: 640, Height: -480, PixelFormat: "bgr8"}, media.ErrUnsupported, "image_height"},
		{"half a size", Config{Device: "0", Width: 640, PixelFormat: "bgr8"}, media.ErrUnsupported, "image_height"},
		{"huge width", Config{Device: "0", Width: math.MaxInt, Height: 480, PixelFormat: "bgr8"}, media.ErrUnsupported, "image_width"},
		{"negative rate", Config{Device: "0", FrameRate: -1, PixelFormat: "bgr8"}, media.ErrUnsupported, "framerate"},
		{"rate that is too low", Config{Device: "0", FrameRate: 0.04, PixelFormat: "bgr8"}, media.ErrUnsupported, "framerate"},
		{"rate not a number", Config{Device: "0", FrameRate: math.NaN(), PixelFormat: "bgr8"}, media.ErrUnsupported, "framerate"},
		{"format of later", Config{Device: "0", PixelFormat: "mjpeg"}, media.ErrUnsupported, "pixel_format"},
		{"no format", Config{Device: "0"}, media.ErrUnsupported, "pixel_format"},
		{"one buffer", Config{Device: "0", Buffers: 1, PixelFormat: "bgr8"}, media.ErrUnsupported, "buffer_count"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.config.Buffers == 0 {
				test.config.Buffers = 8
			}
			_, err := New(test.config).Open(t.Context())
			if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("Open: got %v, want %v with %q", err, test.want, test.text)
			}
		})
	}
}

// TestACrowdedBusIsToldWithWhatWouldFit: motion JPEG is no advice to one who has it already,
// or whose camera lacks it.
func TestACrowdedBusIsToldWithWhatWouldFit(t *testing.T) {
	for alternative, want := range map[string]string{
		"mjpeg": "the USB bus has no bandwidth left: try pixel_format mjpeg, a smaller size or rate, or a port of another bus: ",
		"":      "the USB bus has no bandwidth left: try a smaller size or rate, or a port of another bus: ",
	} {
		err := notStarted(unix.ENOSPC, alternative)
		if !errors.Is(err, media.ErrLost) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}

func TestOpenEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(Config{Device: "0", PixelFormat: "bgr8", Buffers: 8}).Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: got %v, want %v", err, context.Canceled)
	}
}
