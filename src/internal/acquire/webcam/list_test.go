package webcam

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
)

var cameras = []Device{
	{Path: "/dev/video0", Card: "HD Webcam: HD Webcam", Bus: "usb-0000:00:14.0-1", Links: []string{"/dev/v4l/by-id/usb-Acme_HD_Webcam_0001-video-index0"}},
	{Path: "/dev/video2", Card: "HD Webcam: IR", Bus: "usb-0000:00:14.0-1"},
	{Path: "/dev/video4", Card: "HD Webcam", Bus: "usb-0000:00:14.0-2"},
}

func TestResolveFindsNodeByItsNames(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	node, link := filepath.Join(folder, "video7"), filepath.Join(folder, "usb-Acme-video-index0")
	if err := os.WriteFile(node, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("video7", link); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"0":                                    "/dev/video0",
		"12":                                   "/dev/video12",
		link:                                   node,
		node:                                   node,
		"HD Webcam":                            "/dev/video4", // exact before part
		"HD Webcam: HD Webcam":                 "/dev/video0",
		"IR":                                   "/dev/video2",
		"usb-Acme_HD_Webcam_0001-video-index0": "/dev/video0",
		"usb-0000:00:14.0-2":                   "/dev/video4",
	} {
		got, err := resolve(name, func() []Device { return cameras })
		if err != nil || got != want {
			t.Errorf("resolve(%q): got %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestResolveSaysWhichCamerasThereAre(t *testing.T) {
	tests := []struct {
		name    string
		cameras []Device
		want    error
		text    string
	}{
		{"-1", cameras, acquire.ErrUnknownDevice, "/dev/video4 (HD Webcam)"},
		{"Webcam", cameras, acquire.ErrUnknownDevice, "several"},
		{"usb-0000:00:14.0-1", cameras, acquire.ErrUnknownDevice, "several"},
		{"Kinect", cameras, acquire.ErrUnknownDevice, "/dev/video2 (HD Webcam: IR)"},
		{"Kinect", nil, acquire.ErrUnknownDevice, "no camera"},
		{"/dev/v4l/by-id/usb-that-is-not-there", cameras, acquire.ErrAbsent, "/dev/video0"},
	}
	for _, test := range tests {
		got, err := resolve(test.name, func() []Device { return test.cameras })
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("resolve(%q): got %q, %v, want %v with %q", test.name, got, err, test.want, test.text)
		}
	}
}
