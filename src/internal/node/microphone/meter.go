package microphone

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/node"
)

// meter counts what the microphone did since the last report and, for the
// diagnostics, since the node started. It measures levels only while a report is
// made, from the newest sound in the ring: blocks on their way cost nothing more.
type meter struct {
	mu             sync.Mutex
	stream         *stream
	levels         *levels
	blocks         int
	published      int           // of them
	failed         uint64        // messages that the middleware refused
	lastRefusal    error         // the reason of the last one, of this interval or of an earlier one
	latency        time.Duration // summed over published, from acquisition of a block's last audio frame to the end of publish
	worst          time.Duration
	lost           uint64        // [audio frames] since the node started
	reportedLost   uint64        // of them those of earlier reports
	reportedLosses int           // unreported by the device, of this stream, in earlier reports
	unloggedLosses bool          // some of these are not in the log yet
	since          time.Duration // start of the interval, on CLOCK_MONOTONIC

	next      uint64        // index of the audio frame that the next block starts with
	wanted    bool          // the newest block was
	clipped   []uint64      // samples since the node started, by channel, of as many channels as there ever were
	refusals  uint64        // messages that the middleware refused since the node started
	head      uint64        // index one past the newest audio frame of the last report
	grewAt    time.Duration // time at which head was last seen to grow, or the source was opened; on CLOCK_MONOTONIC
	rate      node.Rate     // of audio frames into the ring
	latencies node.Latencies

	refusalLog, lossLog node.Recurring
}

// open begins with a stream. strongest adds the strongest frequency to reports.
func (m *meter) open(c *stream, strongest bool) error {
	l, err := newLevels(c.format, min(levelWindow, c.ring.Capacity()), strongest)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stream, m.levels = c, l
	m.reportedLosses = 0
	m.next, m.head = c.before.next, c.before.next
	m.grewAt = clock.Monotonic()
	m.rate.Reset(m.head, m.grewAt)
	m.latencies.Reset()
	if more := c.format.Channels - len(m.clipped); more > 0 {
		m.clipped = append(m.clipped, make([]uint64, more)...)
	}
	return nil
}

// addRefused counts a message that the middleware refused.
func (m *meter) addRefused(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.countRefused(err)
}

// countRefused counts a message that the middleware refused. m.mu is held.
func (m *meter) countRefused(err error) {
	m.failed++
	m.refusals++
	m.lastRefusal = err
}

// addUnwanted counts a block that nobody is subscribed to, after so many lost audio frames in
// total. next is the index of the audio frame after it.
func (m *meter) addUnwanted(next, lost uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count(next, lost, false)
}

// count counts a block. m.mu is held.
func (m *meter) count(next, lost uint64, wanted bool) {
	m.blocks++
	m.next, m.lost, m.wanted = next, lost, wanted
}

// addBlock counts a block that was published, as addUnwanted does.
func (m *meter) addBlock(next, lost uint64, latency time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count(next, lost, true)
	m.published++
	if m.stream.delivery.realtime() {
		m.latency += latency
		m.worst = max(m.worst, latency)
		m.latencies.Add(latency)
	}
	if err != nil {
		m.countRefused(err)
	}
}

// fill returns the part of the ring that waits to be published, none while nobody is
// subscribed. head is the ring's. m.mu is held.
func (m *meter) fill(head uint64) float64 {
	if !m.wanted {
		return 0
	}
	capacity := float64(m.stream.ring.Capacity())
	return min(float64(head-min(m.next, head))/capacity, 1)
}

// countClipped counts the clipped samples of a block.
func (m *meter) countClipped(data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dsp.CountClipped(m.clipped[:m.stream.format.Channels], data, m.stream.format.Encoding)
}

// start begins the first interval.
func (m *meter) start() { m.since = clock.Monotonic() }

// refresh takes sound that waits in the source.
func (m *meter) refresh() {
	m.mu.Lock()
	s := m.stream
	m.mu.Unlock()
	if s != nil {
		s.ring.Refresh()
	}
}

// report describes the interval since the last report, and starts a new one.
func (m *meter) report() node.Report {
	m.refresh()
	m.mu.Lock()
	defer m.mu.Unlock()
	now := clock.Monotonic()
	elapsed := (now - m.since).Seconds()
	var line strings.Builder
	var trouble string
	if m.levels != nil {
		m.levels.measure(m.stream.ring)
	}
	if m.blocks == 0 {
		line.WriteString("no sound")
	} else {
		fmt.Fprintf(&line, "%5.1f blocks/s  %s", float64(m.blocks)/elapsed, m.stream.format)
		if m.published == 0 {
			line.WriteString("  no subscriber")
		} else {
			fmt.Fprintf(&line, "  latency %.1f ms (worst %.1f ms)", node.Milliseconds(m.latency)/float64(m.published), node.Milliseconds(m.worst))
		}
		line.WriteString("  " + m.levels.text())
	}
	fmt.Fprintf(&line, "  lost %d", m.lost)
	lost, unreported := m.lost-m.reportedLost, false
	if lost > 0 {
		_, losses := m.stream.losses.total()
		unreported = losses > m.reportedLosses
		m.reportedLost, m.reportedLosses = m.lost, losses
		m.unloggedLosses = m.unloggedLosses || unreported
	}
	switch {
	case m.failed > 0:
		trouble = m.refusedText(m.failed, "")
	case lost > 0:
		trouble = m.lostText(lost, "", unreported)
	}
	failures, failedSpan := m.refusalLog.Add(m.failed, now)
	losses, lostSpan := m.lossLog.Add(lost, now)
	logged := node.Troubles(m.refusedText(failures, failedSpan), m.lostText(losses, lostSpan, m.unloggedLosses))
	if losses > 0 {
		m.unloggedLosses = false
	}
	m.blocks, m.published, m.failed = 0, 0, 0
	m.latency, m.worst, m.since = 0, 0, now
	r := m.diagnose(now, trouble)
	r.Line, r.Trouble = line.String(), logged
	return r
}

// refusedText describes messages that the middleware refused, if there are any, in a span as
// of [node.Recurring]. m.mu is held.
func (m *meter) refusedText(count uint64, span string) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf("%d messages could not be published%s: %v", count, span, m.lastRefusal)
}

// lostText describes lost audio frames, of which the device did not report some. m.mu is
// held.
func (m *meter) lostText(count uint64, span string, unreported bool) string {
	if count == 0 {
		return ""
	}
	text := fmt.Sprintf("lost %d audio frames%s, %d since the node started", count, span, m.lost)
	if unreported {
		text += fmt.Sprintf(": the device or the sound system dropped some; how many is estimated from the clock, and epoch %d begins", m.stream.epoch(math.MaxUint64))
	}
	return text
}

// diagnose returns the values and the status for the diagnostics. m.mu is held.
func (m *meter) diagnose(now time.Duration, trouble string) node.Report {
	var r node.Report
	if m.stream == nil {
		return r
	}
	s, format := m.stream, m.stream.format
	head := s.ring.Head()
	if m.head == s.before.next {
		m.rate.Reset(head, now) // sound lost while the source was closed does not count
	} else {
		m.rate.Add(head, now)
	}
	if head > m.head {
		m.head, m.grewAt = head, now
	}
	r.Device = format.Device
	r.Level, r.Message = s.delivery.health(m, trouble)
	r.Values.Add("device", "%s", format.Device)
	r.Values.Add("format", "%s", format)
	if format.Native != "" {
		r.Values.Add("device format", "%s", format.Native)
		r.Values.Add("conversion", "%s", map[bool]string{false: "none", true: "from the device format to format"}[format.Converted])
	}
	r.Values.Add("rate [Hz]", "%.1f", m.rate.Hertz())
	r.Values.Add("expected rate [Hz]", "%d", format.SampleRate)
	r.Values.Add("rate error [ppm]", "%.1f", s.clock.RateError())
	late := s.clock.Lateness()
	r.Values.Add("lateness mean [ms]", "%.2f", node.Milliseconds(late.Mean))
	r.Values.Add("lateness least [ms]", "%.2f", node.Milliseconds(late.Least))
	r.Values.Add("ring fill [%]", "%.1f", 100*m.fill(head))
	r.Values.Add("audio frames", "%d", head)
	r.Values.Add("lost frames", "%d", m.lost)
	estimated, _ := s.losses.total()
	r.Values.Add("lost frames, estimated", "%d", s.before.estimated+estimated)
	r.Values.Add("epoch", "%d", s.epoch(math.MaxUint64))
	r.Values.Add("drops", "%d", m.refusals)
	r.Values.Add("thread priority", "%s", s.delivery.priority())
	if s.delivery.realtime() {
		r.Values.AddLatency(&m.latencies, "no subscriber")
	} else {
		r.Values.AddLatency(&m.latencies, "not in real time")
	}
	m.levels.addTo(&r.Values)
	r.Values.Add("clipped samples", "%s", strings.Trim(fmt.Sprint(m.clipped[:format.Channels]), "[]"))
	return r
}
