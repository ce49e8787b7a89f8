package camera

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
)

// meter counts what the camera did since the last report and, for the diagnostics,
// since the node started.
type meter struct {
	mu            sync.Mutex
	format        media.VideoFormat
	images        int           // captured
	sent          int           // messages with images published
	failed        uint64        // messages that could not be made or were refused by the middleware
	lastRefusal   error         // the reason of the last one, of this interval or of an earlier one
	lost          uint64        // images that the source has lost, as it knows
	damaged       uint64        // images that did not arrive whole
	lastDamage    error         // the last of them, of this interval or of an earlier one
	decodedDamage recentNumbers // of those whose damage was found by decoding
	sequence      uint64        // number of the next image if none is lost
	counting      bool          // sequence is known
	latency       time.Duration // summed over sent, from acquisition to the end of publish
	worst         time.Duration
	since         time.Duration // start of the interval, on CLOCK_MONOTONIC

	stamped      media.StampSource
	captured     uint64         // images since the node started
	drops        uint64         // lost or refused since the node started
	damagedTotal uint64         // images that did not arrive whole, since the node started
	overtaken    uint64         // messages since the node started that a newer image has made superfluous
	lastArrival  time.Duration  // arrival of the last image or, before it, opening; on CLOCK_MONOTONIC
	rate         node.Rate      // of captured
	latencies    node.Latencies // of published images

	refusalLog, lossLog, damageLog node.Recurring
}

// open begins with a format of the source.
func (m *meter) open(format media.VideoFormat) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.format, m.stamped = format, ""
	m.counting = false
	m.lastArrival = clock.Monotonic()
	m.rate.Reset(m.captured, m.lastArrival)
	m.latencies.Reset()
}

// addImage counts one image that was captured.
func (m *meter) addImage(img *media.Image) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.images++
	m.captured++
	m.stamped = img.Stamped
	m.format.Width, m.format.Height = img.Width, img.Height
	m.trackSequence(img)
}

// addDamaged counts one image that did not arrive whole, instead of addImage.
func (m *meter) addDamaged(img *media.Image) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.damagedTotal++
	m.damaged++
	m.lastDamage = img.Damage
	m.trackSequence(img)
}

// addUndecodable counts one image whose damage was found by decoding it. Each topic
// decodes for itself, and so an image, known by its number, is counted once.
func (m *meter) addUndecodable(err error, number uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.decodedDamage.has(number) {
		return
	}
	m.decodedDamage.add(number)
	m.damagedTotal++
	m.damaged++
	m.lastDamage = err
}

// recentNumbers are the numbers of the last images whose damage was found by decoding.
// Topics decode at their own pace, but none is further behind than its mailbox holds.
type recentNumbers struct {
	numbers [8]uint64 // from 1 on
	next    int
}

func (f *recentNumbers) has(number uint64) bool { return slices.Contains(f.numbers[:], number) }

func (f *recentNumbers) add(number uint64) {
	f.numbers[f.next] = number
	f.next = (f.next + 1) % len(f.numbers)
}

// trackSequence counts the images that are missing before img. m.mu is held.
func (m *meter) trackSequence(img *media.Image) {
	m.lastArrival = clock.Monotonic()
	if m.counting && img.Sequence > m.sequence {
		m.lost += img.Sequence - m.sequence
		m.drops += img.Sequence - m.sequence
	}
	if !m.counting {
		m.rate.Reset(m.captured, m.lastArrival) // the first image takes a while
	}
	m.counting = true
	m.sequence = img.Sequence + 1
}

// addPublished counts one message with an unchanged image, and its latency since the
// image was acquired.
func (m *meter) addPublished(latency time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent++
	m.latencies.Add(latency)
	m.latency += latency
	m.worst = max(m.worst, latency)
}

// addRefused counts one message that could not be made or sent, and the reason.
func (m *meter) addRefused(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if errors.Is(err, errOvertaken) {
		m.overtaken++ // like one that was replaced in the mailbox
		return
	}
	m.failed++
	m.drops++
	m.lastRefusal = err
}

// addUnusable counts one image of a kind that no source should give, instead of
// addImage. It does not count as lost.
func (m *meter) addUnusable(img *media.Image, err error) {
	m.addRefused(err)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trackSequence(img)
}

// start begins the first interval.
func (m *meter) start() { m.since = clock.Monotonic() }

// report describes the interval since the last report, and starts a new one. skipped is
// the number of images that were replaced in mailboxes since the node started.
func (m *meter) report(skipped uint64) node.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := clock.Monotonic()
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
			node.Milliseconds(m.latency)/float64(m.sent), node.Milliseconds(m.worst))
	}
	switch {
	case m.damaged > 0:
		trouble = m.damagedText(m.damaged, "")
	case m.failed > 0:
		trouble = m.refusedText(m.failed, "")
	case m.lost > 0:
		trouble = m.lostText(m.lost, "")
	}
	damaged, damagedSpan := m.damageLog.Add(m.damaged, now)
	refused, refusedSpan := m.refusalLog.Add(m.failed, now)
	lost, lostSpan := m.lossLog.Add(m.lost, now)
	logged := node.Troubles(m.damagedText(damaged, damagedSpan), m.refusedText(refused, refusedSpan), m.lostText(lost, lostSpan))
	if m.lost > 0 {
		status += fmt.Sprintf("  lost %d", m.lost)
	}
	if m.damaged > 0 {
		status += fmt.Sprintf("  damaged %d", m.damaged)
	}
	m.images, m.sent, m.failed, m.lost, m.damaged = 0, 0, 0, 0, 0
	m.latency, m.worst, m.since = 0, 0, now
	r := m.diagnose(now, trouble)
	r.Values.Add("skipped", "%d", skipped+m.overtaken)
	r.Line, r.Trouble = status, logged
	return r
}

// damagedText describes damaged images, if there are any, in a span as of [node.Recurring].
// m.mu is held, as for the texts below.
func (m *meter) damagedText(count uint64, span string) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%d images arrived damaged%s and were left out, the last one: %v; check cable and hub, or take a smaller size or rate: the bus may lack bandwidth", count, span, m.lastDamage)
}

// refusedText describes images that the middleware refused.
func (m *meter) refusedText(count uint64, span string) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%d images could not be published%s: %v", count, span, m.lastRefusal)
}

// lostText describes images that the source has lost.
func (m *meter) lostText(count uint64, span string) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%d images lost%s: publishing is slower than the source, or the device lost them", count, span)
}

// diagnose returns the values and the status for the diagnostics. m.mu is held.
func (m *meter) diagnose(now time.Duration, trouble string) node.Report {
	m.rate.Add(m.captured, now)
	r := node.Report{Device: m.format.Device}
	expected := m.format.FrameRate
	silent := (now - m.lastArrival).Seconds()
	switch {
	case silent > 2 && silent*expected > 3:
		r.Level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		r.Message = fmt.Sprintf("no image for %.0f s: check the camera's cable", silent)
	case trouble != "":
		r.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		r.Message = trouble
	case m.rate.Below(node.LowRate * expected):
		r.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		r.Message = fmt.Sprintf("%.1f images/s instead of %.4g: the camera needs more light, or the machine is too busy", m.rate.Hertz(), expected)
	case m.rate.Hertz() > 0:
		r.Message = fmt.Sprintf("capturing %.1f images/s", m.rate.Hertz())
	default:
		r.Message = "capturing"
	}
	r.Values.Add("device", "%s", m.format.Device)
	r.Values.Add("format", "%dx%d %s", m.format.Width, m.format.Height, m.format.Encoding)
	r.Values.Add("rate [Hz]", "%.2f", m.rate.Hertz())
	r.Values.Add("expected rate [Hz]", "%.2f", expected)
	r.Values.Add("planes", "%s", planesOf(m.format.Encoding))
	r.Values.Add("stamp source", "%s", m.stamped)
	r.Values.Add("images", "%d", m.captured)
	r.Values.Add("drops", "%d", m.drops)
	r.Values.Add("damaged", "%d", m.damagedTotal)
	r.Values.AddLatency(&m.latencies, "no subscriber")
	return r
}
