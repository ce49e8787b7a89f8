package camera

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"av_capture/src/internal/access"
	"av_capture/src/internal/calibration"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
)

// startedWith returns the allowlist of a camera that was started with parameters.
func startedWith(t *testing.T, values map[string]param.Value) *Allowlist {
	t.Helper()
	overrides := &param.Overrides{Sections: []param.Section{{Node: "/camera"}}}
	for name, value := range values {
		overrides.Sections[0].Parameters = append(overrides.Sections[0].Parameters, param.Override{Name: name, Value: value})
	}
	set, _, err := Table.Resolve("/camera", overrides)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAllowlist(set)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// asked returns the configuration that a request asks for, otherwise as at start.
func (a *Allowlist) asked(source, device string) Config {
	config := a.start
	config.Source, config.VideoDevice = source, device
	return config
}

func TestFFmpegIsHandedFilesAndURLsThatAreAllowed(t *testing.T) {
	allowed, outside := nodetest.Folders(t)
	a := startedWith(t, map[string]param.Value{
		"source": param.String("ffmpeg"), "video_device": param.String("rtsp://u:p@camera/start"),
		"allowed_paths": param.Strings(allowed), "allowed_urls": param.Strings("http://nvr/"),
	})
	for name, want := range map[string]string{
		"rtsp://u:p@camera/start":         "rtsp://u:p@camera/start",
		"HTTP://nvr/1?x=2":                "http://nvr/1?x=2",
		allowed + "/film.mkv":             allowed + "/film.mkv",
		"file://" + allowed + "/film.mkv": allowed + "/film.mkv",
		"../allowed/film.mkv":             allowed + "/film.mkv",
		"../allowed/-y":                   allowed + "/-y",
		"../allowed/concat:a":             allowed + "/concat:a",
		allowed + "/not/there/yet":        allowed + "/not/there/yet",
	} {
		if got, device, err := a.Input(name); got != want || device || err != nil {
			t.Errorf("Input(%q) = %q, device %t, %v; want %q", name, got, device, err, want)
		}
	}
	// Names of devices are only compared: what is called so in a folder is no matter.
	for _, name := range []string{"0", "HD Webcam", "046d:085c", "/dev/video0", "/dev/v4l/by-id/usb-x-index0", "film.mkv", "-y", "concat:a", "no such"} {
		if _, device, err := a.Input(name); !device || err != nil {
			t.Errorf("Input(%q): device %t, %v; want a device", name, device, err)
		}
	}
	for _, name := range []string{
		outside + "/film.mkv", outside + "/nothing", "./film.mkv", "../outside/film.mkv", "/etc/passwd", "/dev/null", "/dev/watchdog", "/dev/../etc/passwd",
		"/dev/v4l/by-id/../../../etc/passwd", "/dev/video0/../../etc/passwd", "/dev/v4l/by-id/..", "/dev/v4l/by-id/a\nb", "/dev/v4l/../video0", outside + "/../../dev/video0",
		allowed + "/per%dcent.mkv", allowed + "/%d.png",
		"rtsp://camera/start", "rtsp://u:p@camera/", "rtsp://camera/other", "concat:http://nvr/1", "concat:/etc/passwd|" + allowed + "/film.mkv",
		"subfile,,start,0,end,9,,:/etc/passwd", "movie=/etc/passwd", "file:///etc/passwd", "pipe:/0", "crypto:/etc/passwd",
	} {
		if got, device, err := a.Input(name); !errors.Is(err, access.ErrRefused) {
			t.Errorf("Input(%q) = %q, device %t, %v; want it refused", name, got, device, err)
		}
	}
}

func TestSourcesThatStartProgramsAreTheOwners(t *testing.T) {
	allowed, _ := nodetest.Folders(t)
	pipeline := "videotestsrc ! appsink"
	for _, c := range []struct {
		start          map[string]param.Value
		source, device string
		refused        string
	}{
		{nil, "ffmpeg", "/dev/video0", `source: "ffmpeg" is not within allowed_sources; the owner lists it at start`},
		{nil, "opencv", "/dev/video0", `source: "opencv" is not within allowed_sources; the owner lists it at start`},
		{nil, "synthetic", "whatever", ""},
		{nil, "v4l2", "HD Webcam", ""},
		{map[string]param.Value{"source": param.String("ffmpeg")}, "ffmpeg", "1", ""},
		{map[string]param.Value{"allowed_sources": param.Strings("ffmpeg")}, "ffmpeg", "1", ""},
		{map[string]param.Value{"allowed_sources": param.Strings("ffmpeg")}, "opencv", "1", "allowed_sources"},
		{map[string]param.Value{"source": param.String("opencv"), "video_device": param.String(pipeline)}, "opencv", pipeline, ""},
		{map[string]param.Value{"source": param.String("opencv"), "video_device": param.String(pipeline)}, "opencv", "videotestsrc ! filesink location=x ! appsink", "is not the pipeline that the node started with"},
		{map[string]param.Value{"source": param.String("opencv")}, "opencv", "/etc/passwd", "allowed_paths"},
		{map[string]param.Value{"source": param.String("file"), "video_device": param.String(allowed + "/film.mkv")}, "file", allowed + "/film.mkv", ""},
		{map[string]param.Value{"source": param.String("file"), "video_device": param.String(allowed + "/film.mkv")}, "file", allowed + "/-y", "allowed_paths"},
		{map[string]param.Value{"source": param.String("file"), "video_device": param.String(allowed + "/film.mkv")}, "ffmpeg", allowed + "/film.mkv", "allowed_sources"},
	} {
		a := startedWith(t, c.start)
		err := a.check(a.start, a.asked(c.source, c.device))
		if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("started with %v, %q %q: %v, want %q", c.start, c.source, c.device, err, c.refused)
		}
	}
}

func TestALinkThatComesLaterIsFollowedWhenTheFileIsOpened(t *testing.T) {
	allowed, outside := nodetest.Folders(t)
	a := startedWith(t, map[string]param.Value{"allowed_paths": param.Strings(allowed)})
	name := allowed + "/later.mkv"
	if err := a.check(a.start, a.asked("file", name)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside+"/film.mkv", name); err != nil {
		t.Fatal(err)
	}
	stale := a.asked("file", name)
	next := stale
	next.CameraInfoURL = "file://" + allowed + "/x.yaml"
	if err := a.check(stale, next); err != nil {
		t.Errorf("a file that has gone stale keeps the calibration from being changed: %v", err)
	}
	if path, err := a.File(name); !errors.Is(err, access.ErrRefused) {
		t.Errorf("File(%q) = %q, %v; want it refused", name, path, err)
	}
}

func TestTheFileOfACalibrationIsTheOwners(t *testing.T) {
	allowed, outside := nodetest.Folders(t)
	t.Setenv("ROS_HOME", outside)
	t.Setenv("AMENT_PREFIX_PATH", allowed)
	if err := os.Symlink(outside, allowed+"/link"); err != nil {
		t.Fatal(err)
	}
	a := startedWith(t, map[string]param.Value{"allowed_paths": param.Strings(allowed), "camera_name": param.String("start")})
	for _, c := range []struct{ url, name, want string }{
		{"", "start", outside + "/camera_info/start.yaml"},
		{"file://${ROS_HOME}/camera_info/start.yaml", "other", outside + "/camera_info/start.yaml"},
		{"file://" + allowed + "/${NAME}.yaml", "other", allowed + "/other.yaml"},
	} {
		config := a.start
		config.CameraInfoURL, config.CameraName = c.url, c.name
		if got, err := a.calibration(config); got != c.want || err != nil {
			t.Errorf("%q of %q: %q, %v; want %q", c.url, c.name, got, err, c.want)
		}
	}
	for _, c := range []struct{ url, name string }{
		{"", "other"},
		{"file://" + outside + "/film.mkv/../../x.yaml", "start"},
		{"file://" + outside + "/nothing/../../x.yaml", "start"},
		{"file://${ROS_HOME}/camera_info/${NAME}.yaml", "other"},
		{"file://" + allowed + "/link/x.yaml", "start"},
		{"file://" + allowed + "/../outside/x.yaml", "start"},
		{"package://nothing/x.yaml", "start"},
		{"package://../x.yaml", "start"},
	} {
		config := a.start
		config.CameraInfoURL, config.CameraName = c.url, c.name
		if got, err := a.calibration(config); !errors.Is(err, access.ErrRefused) {
			t.Errorf("%q of %q: %q, %v; want it refused", c.url, c.name, got, err)
		}
	}
}

func TestACalibrationIsReadAndWrittenWhereItWasJudged(t *testing.T) {
	allowed, outside := nodetest.Folders(t)
	t.Setenv("ROS_HOME", outside)
	a := startedWith(t, map[string]param.Value{"allowed_paths": param.Strings(allowed), "camera_name": param.String("start")})
	camera := calibration.Camera{Width: 64, Height: 48, Model: calibration.PlumbBob, D: []float64{}}
	for _, c := range []struct{ url, name, path string }{
		{"", "start", outside + "/camera_info/start.yaml"},
		{"file://" + allowed + "/new/${NAME}.yaml", "other", allowed + "/new/other.yaml"},
	} {
		config := a.start
		config.CameraInfoURL, config.CameraName = c.url, c.name
		if _, _, err := a.readCalibration(config); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want %v", c.path, err, fs.ErrNotExist)
		}
		if err := a.writeCalibration(config, camera); err != nil {
			t.Fatal(err)
		}
		if _, name, err := a.readCalibration(config); err != nil || name != c.name {
			t.Errorf("%s: %q, %v; want %q", c.path, name, err, c.name)
		}
		if _, err := os.Stat(c.path); err != nil {
			t.Error(err)
		}
	}
	refused := a.start
	refused.CameraInfoURL = "file://" + outside + "/camera_info/${NAME}.yaml"
	refused.CameraName = "refused"
	if err := a.writeCalibration(refused, camera); !errors.Is(err, access.ErrRefused) {
		t.Errorf("got %v, want it refused", err)
	}
	if _, _, err := a.readCalibration(refused); !errors.Is(err, access.ErrRefused) {
		t.Errorf("got %v, want it refused", err)
	}
}
