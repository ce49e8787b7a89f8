package main

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/acquire/v4l2"
)

func TestDemoGivesEachNodeACameraOfItsOwn(t *testing.T) {
	closed := v4l2.Device{Path: "/dev/video0", Card: "Locked", Problem: errors.New("permission denied")}
	one, two := v4l2.Device{Path: "/dev/video0"}, v4l2.Device{Path: "/dev/video2"}
	type step struct{ name, wanted, path, remark string }
	const usual = "/dev/video0"
	for name, test := range map[string]struct {
		devices []v4l2.Device
		steps   []step
	}{
		"none": {nil, []step{{"left", usual, "", "none is plugged in"}, {"right", usual, "", "none is plugged in"}}},
		"one":  {[]v4l2.Device{one}, []step{{"left", usual, usual, usual}, {"right", usual, "", "none is left beside that of left"}}},
		"two": {[]v4l2.Device{one, two}, []step{
			{"left", usual, usual, usual}, {"right", usual, "/dev/video2", "/dev/video2"}, {"top", usual, "", "none is left"},
			{"left", usual, usual, usual}, // again, as after a change of parameters
		}},
		"without the usual one": {[]v4l2.Device{two}, []step{{"left", usual, "/dev/video2", "/dev/video2"}}},
		"named":                 {[]v4l2.Device{one}, []step{{"left", usual, usual, usual}, {"right", "C920", "C920", "C920"}}},
		"locked":                {[]v4l2.Device{closed}, []step{{"left", usual, "", "none can be opened, /dev/video0 (Locked: permission denied)"}}},
		"the usual one locked":  {[]v4l2.Device{closed, two}, []step{{"left", usual, "/dev/video2", "/dev/video2"}}},
	} {
		taken := takenCameras{paths: map[string]string{}}
		for _, step := range test.steps {
			path, remark := taken.choose(step.name, step.wanted, test.devices)
			if path != step.path || !strings.Contains(remark, step.remark) {
				t.Errorf("%s: %s takes %q, %q, want %q, %q", name, step.name, path, remark, step.path, step.remark)
			}
			if (path == "") != strings.Contains(remark, "synthetic") {
				t.Errorf("%s: %s takes %q and says %q", name, step.name, path, remark)
			}
		}
	}
}
