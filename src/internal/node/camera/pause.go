package camera

import (
	"sync/atomic"
	"time"

	"av_capture/src/internal/clock"
)

// pause keeps ffmpeg from being started anew at once after a failure. One goroutine uses it.
type pause struct {
	length *atomic.Int64 // [ns] reconnect_interval
	until  time.Duration // on CLOCK_MONOTONIC
}

// begin begins a pause.
func (p *pause) begin() { p.until = clock.Monotonic() + time.Duration(p.length.Load()) }

// over reports whether ffmpeg may be started.
func (p *pause) over() bool { return clock.Monotonic() >= p.until }
