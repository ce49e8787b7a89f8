package calibration_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/calibration"
)

func TestPlaceIsTheOneOfCameraInfoManager(t *testing.T) {
	prefix := t.TempDir()
	index := filepath.Join(prefix, "share/ament_index/resource_index/packages")
	if err := os.MkdirAll(index, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(index, "my_robot"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AMENT_PREFIX_PATH", "/nowhere::"+prefix)
	t.Setenv("ROS_HOME", "/robot/ros")
	for url, want := range map[string]string{
		"":                                    "/robot/ros/camera_info/left.yaml",
		"file:///etc/camera.yaml":             "/etc/camera.yaml",
		"FILE:///etc/${NAME}/a $ b.yaml":      "/etc/left/a $ b.yaml",
		"file://${ROS_HOME}/x.yaml":           "/robot/ros/x.yaml",
		"package://my_robot/config/${NAME}.y": prefix + "/share/my_robot/config/left.y",
		"Package://my_robot/camera.yaml":      prefix + "/share/my_robot/camera.yaml",
	} {
		if got, err := calibration.Place(url, "left"); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", url, got, err, want)
		}
	}
	t.Setenv("ROS_HOME", "")
	t.Setenv("HOME", "/home/robot")
	if got, err := calibration.Place("", "left"); err != nil || got != "/home/robot/.ros/camera_info/left.yaml" {
		t.Errorf("without ROS_HOME: got %q, %v", got, err)
	}
	if _, err := calibration.Place("package://other/camera.yaml", "left"); err == nil || !strings.Contains(err.Error(), `"other"`) {
		t.Errorf("unknown package: got %v", err)
	}
}

func TestWhatIsNoPlaceIsRefused(t *testing.T) {
	for url, want := range map[string]string{
		"/etc/camera.yaml":       "file:///path",
		"file://etc/camera.yaml": "file:///path",
		"file:///folder/":        "file:///path",
		"flash:///1":             "file:///path",
		"package://my_robot":     "package://name/path",
		"package:///camera.yaml": "package://name/path",
		"package://my_robot/":    "package://name/path",
		"package://../x.yaml":    "package://name/path",
		"package://./x.yaml":     "package://name/path",
		"file:///a\nb.yaml":      "control characters",
		"file:///a\x00.yaml":     "control characters",
		"file:///${HOME}/x.yaml": "${NAME}",
		"file:///${NAME":         "${NAME}",
		"http://host/x.yaml":     "file:///path",
	} {
		if err := calibration.Check(url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", url, err, want)
		}
		if _, err := calibration.Place(url, "left"); err == nil {
			t.Errorf("%q has a place", url)
		}
	}
}
