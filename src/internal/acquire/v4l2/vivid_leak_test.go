package v4l2

import (
	"errors"
	"os"
	"strconv"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
)

// unplugs returns the number of unplugs: AV_CAPTURE_TEST_UNPLUGS, or 100.
func unplugs(t *testing.T) int {
	text := os.Getenv("AV_CAPTURE_TEST_UNPLUGS")
	if text == "" {
		return 100
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 20 {
		t.Fatalf("AV_CAPTURE_TEST_UNPLUGS is %q, must be a number from 20 on", text)
	}
	return n
}

func TestVividUnpluggedAgainAndAgainLeaksNothing(t *testing.T) {
	virtual(t)
	const warmUp = 10
	count := unplugs(t)
	source := New(vivid("bgr8", 320, 180, 60))
	checked := acquire.Check(source)
	t.Cleanup(func() {
		checked.Close()
		// A test that fails leaves the driver with its device, as those after it need it.
		_ = os.WriteFile(vividDriver+"bind", []byte("vivid.0"), 0) // fails where it has it
	})
	var before leaktest.Usage
	start := time.Now()
	for i := range count {
		if i == warmUp {
			before = leaktest.Measure(t)
		}
		if i%10 == 0 {
			t.Logf("unplug %d", i) // a sign of life
		}
		reopen(t, checked)
		if controls, err := source.Controls(); err != nil || len(controls) == 0 {
			t.Fatalf("unplug %d: controls: %d, %v", i, len(controls), err)
		}
		unplugged := false
		err := run(t, checked, func(*media.Image) bool {
			if !unplugged {
				drive(t, "unbind", "vivid.0")
				unplugged = true
			}
			return true
		})
		if !errors.Is(err, media.ErrLost) {
			t.Fatalf("unplug %d: got %v, want ErrLost", i, err)
		}
		if err := checked.Close(); err != nil {
			t.Fatal(err)
		}
		drive(t, "bind", "vivid.0")
	}
	after := leaktest.Measure(t)
	t.Logf("%d unplugs in %v; before %+v, after %+v: %d bytes each", count, time.Since(start), before, after,
		(after.Resident-before.Resident)/(count-warmUp))
	// Go's runtime starts a thread now and then. Memory moves by up to 700 kB within
	// 300 unplugs, up and down, with one arena of malloc's (MALLOC_ARENA_MAX=1; with
	// more the threads spread over them): a single image kept each time is 172 kB
	// each.
	if after.Descriptors > before.Descriptors || after.Goroutines > before.Goroutines ||
		after.Threads > before.Threads+4 || after.Resident-before.Resident > (count-warmUp)*32<<10 {
		t.Errorf("left behind: before %+v, after %+v", before, after)
	}
}

// reopen opens a source whose device is about to be there.
func reopen(t *testing.T, source acquire.VideoSource) {
	t.Helper()
	for start := time.Now(); ; {
		_, err := source.Open(t.Context())
		if err == nil {
			return
		}
		if !errors.Is(err, media.ErrAbsent) || time.Since(start) > time.Minute {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // until devtmpfs has the node
	}
}
