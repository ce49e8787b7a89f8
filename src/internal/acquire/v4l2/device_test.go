package v4l2

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

func TestWhatIsNoVideoDeviceIsNotEvenOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "video0")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	watch, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(watch)
	if _, err := unix.InotifyAddWatch(watch, path, unix.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	source := New(Config{Device: path, PixelFormat: "bgr8", Buffers: 8})
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnknownDevice) {
		t.Errorf("got %v, want ErrUnknownDevice", err)
	}
	if n, err := unix.Read(watch, make([]byte, 4096)); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("%d bytes, %v: the file was opened", n, err)
	}
}
