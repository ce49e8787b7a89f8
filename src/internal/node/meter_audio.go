package node

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

// audioMeter counts what a microphone did since the last report, and measures
// how loud it was: only while a report is made, from the newest sound in the
// ring, so that the blocks on their way cost nothing more.
type audioMeter struct {
	mu      sync.Mutex
	capture *capture
	levels  *levels
	blocks  int
	failed  int           // blocks that the middleware refused
	why     error         // the last refusal
	latency time.Duration // summed, from acquisition of a block's last audio frame to the end of publish
	worst   time.Duration
	lost    uint64        // [audio frames] since the node started
	told    uint64        // of them told in an earlier report
	since   time.Duration // start of the interval, on CLOCK_MONOTONIC
}

// open notes what is captured now, and whether the report shall tell levels.
func (m *audioMeter) open(c *capture, measure bool) error {
	var l *levels
	if measure {
		var err error
		if l, err = newLevels(c.format, min(levelWindow, c.ring.Capacity())); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.capture, m.levels = c, l
	return nil
}

// refused counts a message that the middleware refused.
func (m *audioMeter) refused(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed++
	m.why = err
}

// add counts a block that was sent, after so many lost audio frames in total.
func (m *audioMeter) add(lost uint64, latency time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blocks++
	m.lost = lost
	m.latency += latency
	m.worst = max(m.worst, latency)
	if err != nil {
		m.failed++
		m.why = err
	}
}

// start begins the first interval.
func (m *audioMeter) start() { m.since = acquire.Monotonic() }

// report describes the interval since the last report in one line, and what
// went wrong in it in another, empty if nothing did; then it starts anew.
func (m *audioMeter) report() (status, trouble string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := acquire.Monotonic()
	elapsed := (now - m.since).Seconds()
	var line strings.Builder
	if m.blocks == 0 {
		line.WriteString("no sound")
	} else {
		fmt.Fprintf(&line, "%5.1f blocks/s  %s  latency %.1f ms (worst %.1f ms)",
			float64(m.blocks)/elapsed, m.capture.format,
			milliseconds(m.latency)/float64(m.blocks), milliseconds(m.worst))
		if m.levels != nil {
			line.WriteString("  " + m.levels.measure(m.capture.ring))
		}
	}
	fmt.Fprintf(&line, "  lost %d", m.lost)
	switch {
	case m.failed > 0:
		trouble = fmt.Sprintf("%d messages could not be published: %v", m.failed, m.why)
	case m.lost > m.told:
		trouble = fmt.Sprintf("lost %d audio frames, %d since the node started", m.lost-m.told, m.lost)
	}
	m.told = m.lost
	m.blocks, m.failed, m.why = 0, 0, nil
	m.latency, m.worst, m.since = 0, 0, now
	return line.String(), trouble
}
