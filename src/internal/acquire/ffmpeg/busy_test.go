package ffmpeg

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// busyDevice is a source of a device that ffmpeg finds busy: any character device, since
// ffmpeg is a script that opens none, and says what it says.
func busyDevice(t *testing.T, says string) *Source {
	t.Helper()
	return New(Config{
		Device: "046d:085c", Resolve: func(string) (string, error) { return "/dev/full", nil },
		PixelFormat: "mono8", Owner: "node /right",
		program: script(t, says),
	})
}

func TestBusyDeviceIsSaidWithWhoHasIt(t *testing.T) {
	for version, says := range map[string]string{
		"before 6.1": `echo '[error] /dev/full: Device or resource busy' >&2; exit 1`,
		"since 6.1":  `echo '[in#0 @ 0x1] [error] Error opening input: ...' >&2; exit 240`,
	} {
		release, err := holder.Claim("/dev/full", "node /left")
		if err != nil {
			t.Fatal(err)
		}
		source := busyDevice(t, says)
		_, err = source.Open(t.Context())
		if !errors.Is(err, media.ErrBusy) || !strings.Contains(err.Error(), "in use by node /left: device busy") {
			t.Errorf("%s: with another source: got %v, want busy by node /left", version, err)
		}
		release()
		for range 2 { // and the claim of a try that failed is over
			_, err = source.Open(t.Context())
			if !errors.Is(err, media.ErrBusy) || !strings.Contains(err.Error(), "in use by another program") {
				t.Errorf("%s: with another program: got %v, want busy by another program", version, err)
			}
		}
	}
}
