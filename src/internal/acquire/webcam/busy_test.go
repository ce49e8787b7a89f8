package webcam

import (
	"errors"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/holder"
)

func TestDeviceOfAnotherSourceIsBusyAndNamesIt(t *testing.T) {
	release, err := holder.Claim("/dev/zero", "node /left")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	// Any character device will do: it is not opened.
	source := New(Config{Device: "/dev/zero", PixelFormat: "bgr8", Owner: "node /right"})
	_, err = source.Open(t.Context())
	if want := `webcam: "/dev/zero": open: in use by node /left: device busy`; !errors.Is(err, acquire.ErrBusy) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDeviceThatFailedToOpenIsNotClaimed(t *testing.T) {
	source := New(Config{Device: "/dev/zero", PixelFormat: "bgr8", Owner: "node /right"})
	for range 2 {
		// It is no camera, the second time too.
		if _, err := source.Open(t.Context()); !errors.Is(err, acquire.ErrUnknownDevice) {
			t.Errorf("got %v, want %v", err, acquire.ErrUnknownDevice)
		}
	}
}
