package node

import (
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/msgs/diagnostic_msgs/msg"
)

// lowRate is the share of the expected rate below which the diagnostics warn,
// as diagnostic_updater's do.
const lowRate = 0.9

// videoMeter counts what a camera did since the last report and, for the
// diagnostics, since the node started.
type videoMeter struct {
	mu       sync.Mutex
	format   acquire.VideoFormat
	images   int           // captured
	sent     int           // messages with images published
	failed   int           // messages that could not be made or were refused by the middleware
	why      error         // the last refusal
	lost     uint64        // images that the source knows it lost
	sequence uint64        // number of the next image if none is lost
	counting bool          // sequence is known
	latency  time.Duration // summed over sent, from acquisition to the end of publish
	worst    time.Duration
	since    time.Duration // start of the interval, on CLOCK_MONOTONIC

	stamped   acquire.StampSource
	captured  uint64        // images since the node started
	drops     uint64        // lost or refused since the node started
	last      time.Duration // arrival of the last image or, before it, opening; on CLOCK_MONOTONIC
	rate      rate          // of captured
	latencies latencies     // of those that were published
}

// open notes what the source gives now.
func (m *videoMeter) open(format acquire.VideoFormat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.format, m.stamped = format, ""
	m.counting = false
	m.last = acquire.Monotonic()
	m.rate.reset(m.captured, m.last)
	m.latencies.reset()
}

// add counts one image that was captured.
func (m *videoMeter) add(img *acquire.Image) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images++
	m.captured++
	m.stamped = img.Stamped
	m.format.Width, m.format.Height = img.Width, img.Height
	m.last = acquire.Monotonic()
	if m.counting && img.Sequence > m.sequence {
		m.lost += img.Sequence - m.sequence
		m.drops += img.Sequence - m.sequence
	}
	if !m.counting {
		m.rate.reset(m.captured, m.last) // it took a while to come
	}
	m.counting = true
	m.sequence = img.Sequence + 1
}

// published counts one message with an image as it is, sent so long after it
// was acquired.
func (m *videoMeter) published(latency time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent++
	m.latencies.add(latency)
	m.latency += latency
	m.worst = max(m.worst, latency)
}

// refused counts one message that could not be made or sent.
func (m *videoMeter) refused(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.failed++
	m.drops++
	m.why = err
}

// start begins the first interval.
func (m *videoMeter) start() { m.since = acquire.Monotonic() }

// report describes the interval since the last report, then it starts anew.
// skipped is how many images were not worked on since the node started.
func (m *videoMeter) report(skipped uint64) account {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := acquire.Monotonic()
	elapsed := (now - m.since).Seconds()
	var status, trouble string
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
		trouble = fmt.Sprintf("%d images lost: publishing is slower than the source, or the device lost them", m.lost)
	}
	if m.lost > 0 {
		status += fmt.Sprintf("  lost %d", m.lost)
	}
	m.images, m.sent, m.failed, m.why, m.lost = 0, 0, 0, nil, 0
	m.latency, m.worst, m.since = 0, 0, now
	a := m.diagnose(now, trouble)
	a.values.add("skipped", "%d", skipped)
	a.line, a.trouble = status, trouble
	return a
}

// diagnose fills in what is for the diagnostics. m.mu is held.
func (m *videoMeter) diagnose(now time.Duration, trouble string) account {
	m.rate.add(m.captured, now)
	a := account{device: m.format.Device}
	expected := m.format.FrameRate
	silent := (now - m.last).Seconds()
	switch {
	case silent > 2 && silent*expected > 3:
		a.level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		a.message = fmt.Sprintf("no image for %.0f s: check the camera's cable", silent)
	case trouble != "":
		a.level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		a.message = trouble
	case m.rate.below(lowRate * expected):
		a.level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		a.message = fmt.Sprintf("%.1f images/s instead of %.4g: the camera needs more light, or the machine is too busy", m.rate.hertz(), expected)
	case m.rate.hertz() > 0:
		a.message = fmt.Sprintf("capturing %.1f images/s", m.rate.hertz())
	default:
		a.message = "capturing"
	}
	a.values.add("device", "%s", m.format.Device)
	a.values.add("format", "%dx%d %s", m.format.Width, m.format.Height, m.format.Encoding)
	a.values.add("rate [Hz]", "%.2f", m.rate.hertz())
	a.values.add("expected rate [Hz]", "%.2f", expected)
	a.values.add("stamp source", "%s", m.stamped)
	a.values.add("images", "%d", m.captured)
	a.values.add("drops", "%d", m.drops)
	a.values.latency(&m.latencies, "no subscriber")
	return a
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }
