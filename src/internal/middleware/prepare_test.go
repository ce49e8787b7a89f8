package middleware

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const shipped = "../../../config/fastdds.xml"

const mebibyte = 1 << 20

// shippedProfile returns the absolute path of the profile, since tests change
// folders.
func shippedProfile(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(shipped)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSegmentFits(t *testing.T) {
	for _, test := range []struct{ free, want uint64 }{
		{1 << 40, 64}, {1024, 64}, {128, 64}, {80, 64},
		{79, 32}, {64, 32}, {63, 32}, {40, 32}, {39, 16}, {20, 16}, {10, 8}, {5, 4},
		{4, 0}, {0, 0},
	} {
		if got := fit(64*mebibyte, test.free*mebibyte); got != test.want*mebibyte {
			t.Errorf("%d MiB free: got %d MiB, want %d", test.free, got>>20, test.want)
		}
	}
}

func TestProfileIsPutIntoTheEnvironmentAndTakenBack(t *testing.T) {
	path := shippedProfile(t)
	nothingChosen(t)
	p, err := prepare(path, 1<<40, profileVariables)
	if err != nil {
		t.Fatal(err)
	}
	if p.Segment != 64*mebibyte || p.Warning != "" {
		t.Errorf("got %+v", p)
	}
	for _, name := range profileVariables {
		if got := os.Getenv(name); got != path {
			t.Errorf("%s: got %q, want %q", name, got, path)
		}
	}
	if err := errors.Join(p.Close(), p.Close()); err != nil {
		t.Error(err)
	}
	for _, name := range profileVariables {
		if got, there := os.LookupEnv(name); there {
			t.Errorf("%s: still %q after Close", name, got)
		}
	}
	if _, err := os.Stat(path); err != nil {
		t.Error("Close removed the shipped profile")
	}
}

func TestSmallerSegmentWhereMemoryIsShort(t *testing.T) {
	path := shippedProfile(t)
	nothingChosen(t)
	t.Setenv("TMPDIR", t.TempDir())
	p, err := prepare(path, 62*mebibyte, profileVariables)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/dev/shm has 62 MiB free", "32 MiB", "--shm-size", "--ipc=host"} {
		if !strings.Contains(p.Warning, want) {
			t.Errorf("the warning lacks %q: %s", want, p.Warning)
		}
	}
	made := os.Getenv(profileVariables[0])
	if made == path {
		t.Fatal("the shipped profile is used as it is")
	}
	before, err1 := os.ReadFile(path)
	after, err2 := os.ReadFile(made)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(string(before), ">67108864<", ">33554432<", 1); string(after) != want {
		t.Errorf("got %s", after)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(made); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left behind: %v", made, err)
	}
}

func TestDefaultTransportWhereThereIsNoMemory(t *testing.T) {
	path := shippedProfile(t)
	nothingChosen(t)
	p, err := prepare(path, 3*mebibyte, profileVariables)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Segment != 0 || !strings.Contains(p.Warning, "--shm-size") {
		t.Errorf("got %+v", p)
	}
	if got := os.Getenv(profileVariables[0]); got != "" {
		t.Errorf("a profile is used: %q", got)
	}
}

func TestUsersChoiceStays(t *testing.T) {
	path := shippedProfile(t)
	nothingChosen(t)
	t.Setenv(profileVariables[1], "mine.xml")
	p, err := prepare(path, 1<<40, profileVariables)
	if err != nil || p.Warning != "" || p.Segment != 0 {
		t.Errorf("got %+v, %v", p, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if got := os.Getenv(profileVariables[1]); got != "mine.xml" {
		t.Errorf("the user's became %q", got)
	}
	if got := os.Getenv(profileVariables[0]); got != "" {
		t.Errorf("ours is beside it: %q", got)
	}
}

func TestUnusableProfileIsAnError(t *testing.T) {
	nothingChosen(t)
	broken := filepath.Join(t.TempDir(), "broken.xml")
	for _, text := range []string{
		"", "<segment_size>big</segment_size>", "<segment_size>99999999999</segment_size>",
		"<segment_size>1</segment_size><segment_size>2</segment_size>",
	} {
		if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := prepare(broken, 1<<40, profileVariables); err == nil || p.Segment != 0 {
			t.Errorf("%q: got %+v without an error", text, p)
		}
	}
	missing := filepath.Join(t.TempDir(), "missing.xml")
	if _, err := prepare(missing, 1<<40, profileVariables); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing: got %v", err)
	}
}

func TestProfileIsFoundWhereItIsInstalled(t *testing.T) {
	prefix := t.TempDir()
	t.Setenv("AMENT_PREFIX_PATH", filepath.Join(prefix, "other")+string(filepath.ListSeparator)+prefix)
	if path, err := installedProfile(); err == nil {
		t.Fatalf("found %s before it is there", path)
	}
	folder := filepath.Join(prefix, "share/av_capture/config")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(folder, "fastdds.xml")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := installedProfile(); err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// The size must stand in the file once, or no smaller segment can be made.
func TestShippedProfile(t *testing.T) {
	p, err := readProfile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	if p.segment != 64*mebibyte {
		t.Errorf("got %d bytes", p.segment)
	}
	if regexp.MustCompile(`<type>UDP`).Match(p.text) {
		t.Error("it defines a UDP transport beside the one that the middleware makes")
	}
}
