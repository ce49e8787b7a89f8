package clock

import (
	"time"
)

// enough is the width of a reading that is good enough.
const enough = 5 * time.Microsecond

// Reading is the system's time and CLOCK_MONOTONIC at one instant.
type Reading struct {
	System time.Time
	At     time.Duration // on CLOCK_MONOTONIC
	Width  time.Duration // between the readings around System
}

// Read reads both clocks, up to three times if it is interrupted in between.
//
// It allocates nothing and may be called by any goroutine.
func Read() Reading {
	var best Reading
	for try := range 3 {
		before := Monotonic()
		system := time.Now()
		after := Monotonic()
		if width := after - before; try == 0 || width < best.Width {
			best = Reading{system.Round(0), before + width/2, width} // Round drops Go's own monotonic reading
		}
		if best.Width <= enough {
			break
		}
	}
	return best
}

// SystemAt returns the system's time at a time on CLOCK_MONOTONIC, with the offset of the
// reading.
func (r Reading) SystemAt(monotonic time.Duration) time.Time { return r.System.Add(monotonic - r.At) }

// System returns the system's time at a time on CLOCK_MONOTONIC, with the present offset.
//
// It allocates nothing and may be called by any goroutine.
func System(monotonic time.Duration) time.Time { return Read().SystemAt(monotonic) }
