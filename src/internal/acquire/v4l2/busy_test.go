package v4l2

import (
	"errors"
	"testing"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

func TestDeviceOfAnotherSourceIsBusyAndNamesIt(t *testing.T) {
	release, err := holder.Claim("/dev/zero", "node /left")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	// Any character device will do: it is not opened.
	source := New(Config{Device: "/dev/zero", PixelFormat: "bgr8", Buffers: 8, Owner: "node /right"})
	_, err = source.Open(t.Context())
	if want := `v4l2: "/dev/zero": open: in use by node /left: device busy`; !errors.Is(err, media.ErrBusy) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDeviceThatFailedToOpenIsNotClaimed(t *testing.T) {
	source := New(Config{Device: "/dev/zero", PixelFormat: "bgr8", Buffers: 8, Owner: "node /right"})
	for range 2 {
		// It is no camera, the second time too.
		if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrUnknownDevice) {
			t.Errorf("got %v, want %v", err, media.ErrUnknownDevice)
		}
	}
}
