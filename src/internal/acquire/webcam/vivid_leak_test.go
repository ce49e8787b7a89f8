package webcam

import (
	"errors"
	"os"
	"strconv"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/holdings"
)

// unplugs returns how often to unplug: AV_CAPTURE_TEST_UNPLUGS, or 100.
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
	t.Cleanup(func() { source.Close() })
	var before holdings.Holdings
	start := time.Now()
	for i := range count {
		if i == warmUp {
			before = holdings.Now(t)
		}
		reopen(t, source)
		if controls, err := source.Controls(); err != nil || len(controls) == 0 {
			t.Fatalf("unplug %d: controls: %d, %v", i, len(controls), err)
		}
		unplugged := false
		err := run(t, source, func(*acquire.Image) bool {
			if !unplugged {
				drive(t, "unbind", "vivid.0")
				unplugged = true
			}
			return true
		})
		if !errors.Is(err, acquire.ErrLost) {
			t.Fatalf("unplug %d: got %v, want ErrLost", i, err)
		}
		if err := source.Close(); err != nil {
			t.Fatal(err)
		}
		drive(t, "bind", "vivid.0")
	}
	after := holdings.Now(t)
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
func reopen(t *testing.T, source *Source) {
	t.Helper()
	for {
		_, err := source.Open(t.Context())
		if err == nil {
			return
		}
		if !errors.Is(err, acquire.ErrAbsent) {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond) // until devtmpfs has the node
	}
}
