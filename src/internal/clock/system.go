package clock

import (
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

// enough is the width of a reading of both clocks that needs no second try.
const enough = 5 * time.Microsecond

// System returns the system's time at the given time on CLOCK_MONOTONIC: the
// system's time now, less what has passed since. It reads both clocks anew in
// each call, and up to three times when it is interrupted between the two.
//
// It allocates nothing and may be called by any goroutine.
func System(monotonic time.Duration) time.Time {
	var now time.Time
	var at, width time.Duration
	for try := range 3 {
		before := acquire.Monotonic()
		read := time.Now()
		after := acquire.Monotonic()
		if try == 0 || after-before < width {
			now, at, width = read, before+(after-before)/2, after-before
		}
		if width <= enough {
			break
		}
	}
	return now.Round(0).Add(monotonic - at) // Round drops Go's own monotonic reading
}

// Guard keeps the stamps of one topic in order. The zero value is ready, and
// may be used by several goroutines.
type Guard struct {
	mu   sync.Mutex
	last time.Time
	held time.Duration
}

// Stamp returns t, or the last stamp that it returned if t is earlier.
func (g *Guard) Stamp(t time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = 0
	if t.Before(g.last) {
		g.held = g.last.Sub(t)
		return g.last
	}
	g.last = t
	return t
}

// Restart forgets the last stamp: the next one may be earlier.
func (g *Guard) Restart() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last, g.held = time.Time{}, 0
}

// Held returns by how much the newest stamp was moved: microseconds are an
// estimate that got better, seconds say that the system's time was set back.
func (g *Guard) Held() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}
