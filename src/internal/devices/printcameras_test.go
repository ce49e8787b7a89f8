package devices

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/acquire/v4l2"
)

func fourCC(text string) v4l2.FourCC {
	return v4l2.FourCC(text[0]) | v4l2.FourCC(text[1])<<8 | v4l2.FourCC(text[2])<<16 | v4l2.FourCC(text[3])<<24
}

func TestCamerasAreListed(t *testing.T) {
	sizes := []v4l2.Size{
		{Width: 640, Height: 480, FrameRates: []float64{30, 15}},
		{Width: 800, Height: 600, FrameRates: []float64{30, 15}},
		{Width: 1280, Height: 720, FrameRates: []float64{9.5}},
	}
	var out strings.Builder
	printCameras(&out, []v4l2.Device{{
		Path: "/dev/video0", Card: "HD Webcam", Bus: "usb-0000:00:14.0-1", USB: "046d:085c",
		Links: []string{"/dev/v4l/by-id/usb-Acme_HD_Webcam_0001-video-index0"},
		Formats: []v4l2.Format{
			{FourCC: fourCC("YUYV"), Sizes: sizes}, {FourCC: fourCC("UYVY"), Sizes: sizes},
			{FourCC: fourCC("MJPG"), Sizes: []v4l2.Size{{Width: 1920, Height: 1080}}},
			{FourCC: fourCC("NV12"), Range: &v4l2.SizeRange{MinWidth: 16, MinHeight: 16, MaxWidth: 4096, MaxHeight: 2160}},
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

// TestCamerasOfOneModelAreListedByWhatTellsThemApart: vendor and product, and here the serial
// number, name both.
func TestCamerasOfOneModelAreListedByWhatTellsThemApart(t *testing.T) {
	camera := func(path, port string) v4l2.Device {
		return v4l2.Device{
			Path: path, Card: "Webcam", Bus: "usb-0000:00:14.0-" + port, USB: "1209:0001", Serial: "0001",
			Links: []string{"/dev/v4l/by-path/pci-0000:00:14.0-usb-0:" + port + ":1.0-video-index0"},
		}
	}
	var out strings.Builder
	printCameras(&out, []v4l2.Device{camera("/dev/video0", "1"), camera("/dev/video2", "2")}, func(string) []string { return nil })
	want := `Cameras, by what video_device may be:

/dev/video0  "Webcam"
  or       pci-0000:00:14.0-usb-0:1:1.0-video-index0, usb-0000:00:14.0-1
  alike    other cameras have these names too: Webcam, 1209:0001, 0001
  formats  it does not tell

/dev/video2  "Webcam"
  or       pci-0000:00:14.0-usb-0:2:1.0-video-index0, usb-0000:00:14.0-2
  alike    other cameras have these names too: Webcam, 1209:0001, 0001
  formats  it does not tell
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
