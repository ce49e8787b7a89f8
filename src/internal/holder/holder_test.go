package holder

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

// terminal returns the node of a character device that is the test's own.
func terminal(t *testing.T) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	var number uint32
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, master.Fd(), unix.TIOCGPTN, uintptr(unsafe.Pointer(&number))); errno != 0 {
		t.Fatal(errno)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("/dev/pts/%d", number)
}

// link returns another name of a device.
func link(t *testing.T, path string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "usb-Acme_Webcam-video-index0")
	if err := os.Symlink(path, name); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDeviceIsClaimedUnderAllItsNames(t *testing.T) {
	path := terminal(t)
	release, err := Claim(path, "node /left")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = Claim(link(t, path), "node /right")
		if !errors.Is(err, media.ErrBusy) || err.Error() != "in use by node /left: device busy" {
			t.Errorf("got %v, want busy by node /left", err)
		}
	}
	if _, err := Claim(path, "node /left"); !errors.Is(err, media.ErrBusy) || !strings.Contains(err.Error(), "node /left itself") {
		t.Errorf("claimed twice by one: got %v", err)
	}
	release()
	release() // does no harm to the next one
	next, err := Claim(path, "node /right")
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	release()
	if _, err := Claim(path, "node /top"); err == nil || err.Error() != "in use by node /right: device busy" {
		t.Errorf("after a second release of another's: got %v, want busy by node /right", err)
	}
	next()
}

func TestWhatIsNoDeviceIsNobodys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "film.mkv")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, "/dev/nowhere"} {
		for range 2 {
			if _, err := Claim(path, "node /left"); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

func TestAnotherProgramIsNamed(t *testing.T) {
	path := terminal(t)
	if got := Users(path); got != nil {
		t.Fatalf("of a new device: got %v, want nobody", got)
	}
	device, err := os.OpenFile(path, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	other := exec.CommandContext(t.Context(), "sleep", "600")
	other.ExtraFiles = []*os.File{device}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	device.Close()
	defer func() {
		other.Process.Kill() // it has not ended yet
		other.Wait()
		if got := Of(path); !strings.HasPrefix(got, "in use by another program, which cannot be seen") || !strings.Contains(got, path) {
			t.Errorf("without anybody: got %q", got)
		}
	}()
	// Start has returned once the child is sleep.
	if got, want := Of(link(t, path)), fmt.Sprintf("in use by sleep (process %d)", other.Process.Pid); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// fakeProc returns a proc file system with these files; "->" begins a link.
func fakeProc(t *testing.T, files map[string]string) table {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return table(root)
}

func TestThoseAreMeantWhoHaveMappedTheDevice(t *testing.T) {
	const mapping = "7f32c0000000-7f32c0096000 rw-s 00000000 00:05 412                        "
	own := strconv.Itoa(os.Getpid())
	files := map[string]string{
		"31/comm": "v4l2-ctl\n", "31/status": "Name:\tv4l2-ctl\nTgid:\t31\n", "31/fd/3": "->/dev/zero", "31/maps": mapping + "/dev/null\n",
		"7/comm": "wireplumber\n", "7/fd/12": "->/dev/zero", "7/fd/0": "->/dev/null",
		"8/comm": "bash\n", "8/fd/0": "->/dev/null",
		own + "/comm": "av_capture\n", own + "/fd/5": "->/dev/zero",
		"self/comm": "av_capture\n", "9/comm": "just ended\n",
	}
	if got, want := fakeProc(t, files).users("/dev/zero"), []string{"wireplumber (process 7)", "v4l2-ctl (process 31)"}; !slices.Equal(got, want) {
		t.Errorf("without a mapping: got %q, want %q", got, want)
	}
	files["31/maps"] += mapping + "/dev/zero\n"
	if got, want := fakeProc(t, files).users("/dev/zero"), []string{"v4l2-ctl (process 31)"}; !slices.Equal(got, want) {
		t.Errorf("with a mapping: got %q, want %q", got, want)
	}
}

func TestOwnersOfASoundCardAreNamed(t *testing.T) {
	own := strconv.Itoa(os.Getpid())
	root := fakeProc(t, map[string]string{
		"asound/card1/pcm0c/sub0/status": "state: RUNNING\nowner_pid   : 812\ntrigger_time: 1.2\n",
		"asound/card1/pcm0c/sub1/status": "closed\n",
		"asound/card2/pcm0c/sub0/status": "state: RUNNING\nowner_pid   : 77\n",
		"asound/card3/pcm0c/sub0/status": "closed\n",
		"asound/card1/pcm0p/sub0/status": "state: RUNNING\nowner_pid   : 99\n",
		"812/status":                     "Name:\talsa-source\nTgid:\t800\n",
		"800/comm":                       "pulseaudio\n",
		"77/status":                      "Name:\tav_capture\nTgid:\t" + own + "\n",
	})
	for path, want := range map[string][]string{
		"/dev/snd/pcmC1D0c": {"pulseaudio (process 800)"},
		"/dev/snd/pcmC1D0p": {"a program (process 99)"},
		"/dev/snd/pcmC2D0c": {"this process"},
		"/dev/snd/pcmC3D0c": nil,
		"/dev/snd/pcmC5D0c": nil,
		"/dev/snd/seq":      nil,
	} {
		if got := root.soundUsers(path); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	path := filepath.Join(t.TempDir(), "pcmC2D0c")
	if err := os.Symlink("/dev/full", path); err != nil { // a device that nobody claims
		t.Fatal(err)
	}
	release, err := Claim(path, "node /ear")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if got, want := root.soundUsers(path), []string{"node /ear"}; !slices.Equal(got, want) {
		t.Errorf("claimed: got %q, want %q", got, want)
	}
	// The thread that opened it has ended.
	ended := filepath.Join(filepath.Dir(path), "pcmC1D0p")
	if err := os.Symlink("/dev/full", ended); err != nil {
		t.Fatal(err)
	}
	if got, want := root.soundUsers(ended), []string{"a program (process 99)"}; !slices.Equal(got, want) {
		t.Errorf("not open here, opened by a thread that has ended: got %q, want %q", got, want)
	}
	folder := filepath.Join(string(root), own, "fd")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.Symlink("/dev/full", filepath.Join(folder, "5"))); err != nil {
		t.Fatal(err)
	}
	if got, want := root.soundUsers(ended), []string{"node /ear"}; !slices.Equal(got, want) {
		t.Errorf("open here, by a thread that has ended: got %q, want %q", got, want)
	}
	for asking, want := range map[string]string{
		"node /ear":   "in use by node /ear itself, whose earlier call is still blocked in the driver",
		"node /other": "in use by node /ear",
		"":            "in use by node /ear",
	} {
		if got := root.ofSound(path, asking); got != want {
			t.Errorf("told to %q: %q, want %q", asking, got, want)
		}
	}
}
