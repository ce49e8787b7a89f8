package node

import (
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

// videoMeter counts what a camera did since the last report.
type videoMeter struct {
	mu       sync.Mutex
	format   acquire.VideoFormat
	images   int           // captured
	sent     int           // of them published
	failed   int           // of them refused by the middleware
	why      error         // the last refusal
	lost     uint64        // images that the source knows it lost
	sequence uint64        // number of the next image if none is lost
	counting bool          // sequence is known
	latency  time.Duration // summed over sent, from acquisition to the end of publish
	worst    time.Duration
	since    time.Duration // start of the interval, on CLOCK_MONOTONIC
}

// open notes what the source gives now.
func (m *videoMeter) open(format acquire.VideoFormat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.format = format
	m.counting = false
}

// add counts one image; latency is zero where it was not sent.
func (m *videoMeter) add(img *acquire.Image, latency time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images++
	if m.counting && img.Sequence > m.sequence {
		m.lost += img.Sequence - m.sequence
	}
	m.counting = true
	m.sequence = img.Sequence + 1
	switch {
	case err != nil:
		m.failed++
		m.why = err
	case latency > 0:
		m.sent++
		m.latency += latency
		m.worst = max(m.worst, latency)
	}
}

// start begins the first interval.
func (m *videoMeter) start() { m.since = acquire.Monotonic() }

// report describes the interval since the last report in one line, and what
// went wrong in it in another, empty if nothing did; then it starts anew.
func (m *videoMeter) report() (status, trouble string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := acquire.Monotonic()
	elapsed := (now - m.since).Seconds()
	switch {
	case m.images == 0:
		status = "no images"
	case m.sent == 0:
		status = fmt.Sprintf("%5.1f images/s  %dx%d %s  no subscriber",
			float64(m.images)/elapsed, m.format.Width, m.format.Height, m.format.Encoding)
	default:
		status = fmt.Sprintf("%5.1f images/s  %dx%d %s  latency %.1f ms (worst %.1f ms)",
			float64(m.images)/elapsed, m.format.Width, m.format.Height, m.format.Encoding,
			milliseconds(m.latency)/float64(m.sent), milliseconds(m.worst))
	}
	if m.failed > 0 {
		trouble = fmt.Sprintf("%d images could not be published: %v", m.failed, m.why)
	} else if m.lost > 0 {
		trouble = fmt.Sprintf("%d images lost: the source was faster than publishing", m.lost)
	}
	if m.lost > 0 {
		status += fmt.Sprintf("  lost %d", m.lost)
	}
	m.images, m.sent, m.failed, m.why, m.lost = 0, 0, 0, nil, 0
	m.latency, m.worst, m.since = 0, 0, now
	return status, trouble
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
