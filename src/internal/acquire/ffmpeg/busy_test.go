package ffmpeg

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// busyDevice is a source of a device that ffmpeg finds busy: any character device, since
// ffmpeg is a script that opens none.
func busyDevice(t *testing.T) *Source {
	t.Helper()
	return New(Config{
		Device: "046d:085c", Resolve: func(string) (string, error) { return "/dev/full", nil },
		PixelFormat: "mono8", Owner: "node /right",
		program: script(t, `echo '[error] /dev/full: Device or resource busy' >&2; exit 1`),
	})
}

func TestBusyDeviceIsSaidWithWhoHasIt(t *testing.T) {
	release, err := holder.Claim("/dev/full", "node /left")
	if err != nil {
		t.Fatal(err)
	}
	source := busyDevice(t)
	_, err = source.Open(t.Context())
	if !errors.Is(err, media.ErrBusy) || !strings.Contains(err.Error(), "in use by node /left: device busy") {
		t.Errorf("with another source: got %v, want busy by node /left", err)
	}
	release()
	for range 2 { // and the claim of a try that failed is over
		_, err = source.Open(t.Context())
		if !errors.Is(err, media.ErrBusy) || !strings.Contains(err.Error(), "in use by another program") {
			t.Errorf("with another program: got %v, want busy by another program", err)
		}
	}
}
