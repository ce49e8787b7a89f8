package v4l2

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

var cameras = []Device{
	{Path: "/dev/video0", Card: "HD Webcam: HD Webcam", Bus: "usb-0000:00:14.0-1", USB: "046d:085c", Links: []string{"/dev/v4l/by-id/usb-Acme_HD_Webcam_0001-video-index0"}},
	{Path: "/dev/video2", Card: "HD Webcam: IR", Bus: "usb-0000:00:14.0-1", USB: "046d:0850"},
	{Path: "/dev/video4", Card: "HD Webcam", Bus: "usb-0000:00:14.0-2", USB: "0bda:5852"},
	{Path: "/dev/video6", Card: "Twin", Bus: "usb-0000:00:14.0-3", USB: "1bcf:2b8a", Serial: "A1"},
	{Path: "/dev/video8", Card: "Twin", Bus: "usb-0000:00:14.0-4", USB: "1bcf:2b8a"},
	{Path: "/dev/video10", Card: "Counted", Bus: "usb-0000:00:14.0-5", USB: "0c45:6366", Serial: "0002"},
	{Path: "/dev/video12", Card: "Dated", Bus: "usb-0000:00:14.0-6", USB: "0c45:6367", Serial: "20200817"},
	{Path: "/dev/video14", Card: "Numbered", Bus: "usb-0000:00:14.0-7", USB: "0c45:6368", Serial: "255"},
}

// clones are two cameras of one model, whose maker gives all the same serial number. udev's
// link by-id leads to one of them.
var clones = []Device{
	{Path: "/dev/video0", Card: "Clone", Bus: "usb-0000:00:14.0-1", USB: "1209:0001", Serial: "0001", Links: []string{"/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0"}},
	{Path: "/dev/video2", Card: "Clone", Bus: "usb-0000:00:14.0-2", USB: "1209:0001", Serial: "0001", Links: []string{"/dev/v4l/by-id/usb-Acme_Clone_0001-video-index0", "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0"}},
}

func TestNamesThatSeveralCamerasHaveAreToldApart(t *testing.T) {
	for i, want := range []struct{ own, shared []string }{
		{[]string{"pci-0000:00:14.0-usb-0:1:1.0-video-index0", "usb-0000:00:14.0-1"}, []string{"Clone", "1209:0001", "0001"}},
		{[]string{"usb-Acme_Clone_0001-video-index0", "pci-0000:00:14.0-usb-0:2:1.0-video-index0", "usb-0000:00:14.0-2"}, []string{"Clone", "1209:0001", "0001"}},
	} {
		own, shared := clones[i].Names(clones)
		if !slices.Equal(own, want.own) || !slices.Equal(shared, want.shared) {
			t.Errorf("%s: own %q, shared %q, want %q, %q", clones[i].Path, own, shared, want.own, want.shared)
		}
		for _, name := range own {
			if path, err := resolve(name, func() []Device { return clones }); err != nil || path != clones[i].Path {
				t.Errorf("%q leads to %q, %v, want %s", name, path, err, clones[i].Path)
			}
		}
		for _, name := range shared {
			if path, err := resolve(name, func() []Device { return clones }); err == nil {
				t.Errorf("%q leads to %s", name, path)
			}
		}
	}
	if own, _ := cameras[7].Names(cameras); slices.Contains(own, "255") {
		t.Error("a serial number is listed as a name that would be an index")
	}
	if own, shared := cameras[3].Names(cameras); !slices.Equal(own, []string{"A1", "usb-0000:00:14.0-3"}) || !slices.Equal(shared, []string{"Twin", "1bcf:2b8a"}) {
		t.Errorf("twins with a serial number each: own %q, shared %q", own, shared)
	}
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
		"046d:085c":                            "/dev/video0",
		"046D:085C":                            "/dev/video0",
		"0bda:":                                "/dev/video4", // the vendor's only one
		"A1":                                   "/dev/video6",
		"usb-0000:00:14.0-4":                   "/dev/video8",
		"0002":                                 "/dev/video10", // a serial number, and no index
		"20200817":                             "/dev/video12",
		"255":                                  "/dev/video255", // an index, and no serial number
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
		{"-1", cameras, media.ErrUnknownDevice, "/dev/video4 (HD Webcam, 0bda:5852)"},
		{"Webcam", cameras, media.ErrUnknownDevice, "several"},
		{"usb-0000:00:14.0-1", cameras, media.ErrUnknownDevice, "several"},
		{"1bcf:2b8a", cameras, media.ErrUnknownDevice, "several cameras have this name, take a serial number, a port, a link of /dev/v4l or a path; there is /dev/video6 (Twin, 1bcf:2b8a, serial number A1, port usb-0000:00:14.0-3), /dev/video8 (Twin, 1bcf:2b8a, port usb-0000:00:14.0-4)"},
		{"Clone", clones, media.ErrUnknownDevice, "there is /dev/video0 (Clone, 1209:0001, port usb-0000:00:14.0-1), /dev/video2 (Clone, 1209:0001, port usb-0000:00:14.0-2): "},
		{"0001", clones, media.ErrUnknownDevice, "several"},
		{"046d", cameras, media.ErrUnknownDevice, "several"},
		{"dead:beef", cameras, media.ErrUnknownDevice, "no camera has this name; there is /dev/video0 (HD Webcam: HD Webcam, 046d:085c), "},
		{"Kinect", cameras, media.ErrUnknownDevice, "/dev/video2 (HD Webcam: IR, 046d:0850)"},
		{"Kinect", nil, media.ErrUnknownDevice, "no camera"},
		{"/dev/v4l/by-id/usb-that-is-not-there", cameras, media.ErrAbsent, "/dev/video0"},
	}
	for _, test := range tests {
		got, err := resolve(test.name, func() []Device { return test.cameras })
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("resolve(%q): got %q, %v, want %v with %q", test.name, got, err, test.want, test.text)
		}
	}
}

// plugged returns a place with a test's files of /dev and /sys, by their contents; one that
// begins with "->" is a link to another.
func plugged(t *testing.T, files map[string]string) place {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(filepath.Join(root, target), path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return place{filepath.Join(root, "dev"), sysfs(filepath.Join(root, "sys"))}
}

// A webcam with a node for images and one for metadata, a capture card without
// USB, a webcam that may not be opened and one that serves one at a time.
var desk = map[string]string{
	"dev/video0":  "",
	"dev/video1":  "",
	"dev/video2":  "",
	"dev/video9":  "",
	"dev/video10": "",
	"dev/video11": "",
	"dev/v4l/by-id/usb-Acme_Webcam-video-index0":                  "->dev/video0",
	"dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0":   "->dev/video0",
	"sys/class/video4linux/video0":                                "->sys/devices/pci/usb1/1-1/1-1:1.0/video4linux/video0",
	"sys/class/video4linux/video1":                                "->sys/devices/pci/usb1/1-1/1-1:1.0/video4linux/video1",
	"sys/class/video4linux/video2":                                "->sys/devices/pci/grabber/video4linux/video2",
	"sys/class/video4linux/video9":                                "->sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video9",
	"sys/class/video4linux/video10":                               "->sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video10",
	"sys/class/video4linux/video11":                               "->sys/devices/pci/usb1/1-3/1-3:1.0/video4linux/video11",
	"sys/devices/pci/usb1/idVendor":                               "1d6b\n",
	"sys/devices/pci/usb1/idProduct":                              "0002\n",
	"sys/devices/pci/usb1/1-1/idVendor":                           "046d\n",
	"sys/devices/pci/usb1/1-1/idProduct":                          "085c\n",
	"sys/devices/pci/usb1/1-1/serial":                             "20260001\n",
	"sys/devices/pci/usb1/1-2/idVendor":                           "0bda\n",
	"sys/devices/pci/usb1/1-2/idProduct":                          "5852\n",
	"sys/devices/pci/usb1/1-3/idVendor":                           "1bcf\n",
	"sys/devices/pci/usb1/1-3/idProduct":                          "2b8a\n",
	"sys/devices/pci/usb1/1-1/1-1:1.0/video4linux/video0/device":  "->sys/devices/pci/usb1/1-1/1-1:1.0",
	"sys/devices/pci/usb1/1-1/1-1:1.0/video4linux/video1/device":  "->sys/devices/pci/usb1/1-1/1-1:1.0",
	"sys/devices/pci/grabber/video4linux/video2/device":           "->sys/devices/pci/grabber",
	"sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video9/device":  "->sys/devices/pci/usb1/1-2/1-2:1.0",
	"sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video9/name":    "Closed Webcam\n",
	"sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video9/index":   "0\n",
	"sys/devices/pci/usb1/1-2/1-2:1.0/video4linux/video10/index":  "1\n",
	"sys/devices/pci/usb1/1-3/1-3:1.0/video4linux/video11/device": "->sys/devices/pci/usb1/1-3/1-3:1.0",
	"sys/devices/pci/usb1/1-3/1-3:1.0/video4linux/video11/name":   "Busy Webcam\n",
}

func TestListTellsOfEveryCamera(t *testing.T) {
	p := plugged(t, desk)
	yuyv := []Format{{FourCC: fourCC("YUYV"), Sizes: []Size{{640, 480, []float64{30}}}}}
	got := p.list(func(path string) (capability, []Format, error) {
		switch filepath.Base(path) {
		case "video0":
			return capability{card: "Acme Webcam", driver: "uvcvideo", bus: "usb-0000:00:14.0-1", capture: true}, yuyv, nil
		case "video1":
			return capability{card: "Acme Webcam"}, nil, nil
		case "video2":
			return capability{card: "Grabber", driver: "grab", bus: "PCI:01", capture: true}, nil, nil
		case "video11":
			return capability{}, nil, unix.EBUSY
		}
		return capability{}, nil, unix.EACCES
	})
	var paths []string
	for _, d := range got {
		paths = append(paths, filepath.Base(d.Path))
	}
	if want := []string{"video0", "video2", "video9", "video11"}; !slices.Equal(paths, want) {
		t.Fatalf("got %q, want %q: metadata left out, a closed one's too", paths, want)
	}
	if d := got[0]; d.Card != "Acme Webcam" || d.USB != "046d:085c" || d.Serial != "20260001" || len(d.Links) != 2 || len(d.Formats) != 1 || d.Problem != nil {
		t.Errorf("the webcam: got %+v", d)
	}
	if d := got[1]; d.USB != "" || d.Bus != "PCI:01" {
		t.Errorf("the grabber: got %+v, want no USB", d)
	}
	if d := got[2]; d.Card != "Closed Webcam" || d.USB != "0bda:5852" || !errors.Is(d.Problem, unix.EACCES) || !strings.Contains(d.Problem.Error(), "udev rule") {
		t.Errorf("the closed one: got %+v, want its name, USB and what to do", d)
	}
	if d := got[3]; d.Card != "Busy Webcam" || !errors.Is(d.Problem, media.ErrBusy) || !strings.Contains(d.Problem.Error(), "in use by") {
		t.Errorf("the busy one: got %+v", d)
	}
	// Its name is known, also to a user who may not open it.
	path, err := resolve("0bda:5852", func() []Device { return got })
	if err != nil || filepath.Base(path) != "video9" {
		t.Errorf("the closed one's USB name: got %q, %v", path, err)
	}
}
