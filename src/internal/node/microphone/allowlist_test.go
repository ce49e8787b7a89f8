package microphone

import (
	"errors"
	"os"
	"testing"

	"av_capture/src/internal/access"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
)

func TestFilesAndFoldersOfAMicrophoneAreJudgedWhenTheyAreOpened(t *testing.T) {
	allowed, outside := nodetest.Folders(t)
	t.Setenv("ROS_HOME", outside)
	set, _, err := Table.Resolve("/microphone", &param.Overrides{Sections: []param.Section{{Node: "/microphone", Parameters: []param.Override{
		{Name: "source", Value: param.String("synthetic")},
		{Name: "allowed_paths", Value: param.Strings(allowed)},
	}}}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAllowlist(set)
	if err != nil {
		t.Fatal(err)
	}
	asked := func(file, folder string) error {
		config := a.start
		config.Source, config.Device, config.RecordDirectory = "file", file, folder
		return a.check(a.start, config)
	}
	file, folder := allowed+"/film.mkv", allowed+"/new/folder"
	if err := asked(file, folder); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{file, outside}, {file, outside + "/av_capture2"}, {file, "~"}, {outside + "/film.mkv", folder}, {"default", folder}, {"film.mkv", ""},
	} {
		if err := asked(c[0], c[1]); !errors.Is(err, access.ErrRefused) {
			t.Errorf("%q: %v, want it refused", c, err)
		}
	}
	// Beneath the folder of the start, which is the default one.
	if err := asked(file, outside+"/av_capture/today"); err != nil {
		t.Error(err)
	}
	opened, err := a.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	opened.Close()
	root, err := a.openFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	root.Close()
	// Links that have come since.
	if err := errors.Join(os.Remove(file), os.Symlink(outside+"/film.mkv", file),
		os.RemoveAll(allowed+"/new"), os.Symlink(outside, allowed+"/new")); err != nil {
		t.Fatal(err)
	}
	stale, next := a.start, a.start
	stale.Source, stale.Device = "file", file
	next.Source, next.Device, next.RecordDirectory = "file", file, allowed
	if err := a.check(stale, next); err != nil {
		t.Errorf("a file that has gone stale keeps the folder from being changed: %v", err)
	}
	if opened, err := a.Open(file); !errors.Is(err, access.ErrRefused) {
		t.Errorf("got %v, %v; want it refused", opened, err)
	}
	if root, err := a.openFolder(folder); !errors.Is(err, access.ErrRefused) {
		t.Errorf("got %v, %v; want it refused", root, err)
	}
	if _, err := os.Stat(outside + "/folder"); err == nil {
		t.Error("a folder was made outside")
	}
}
