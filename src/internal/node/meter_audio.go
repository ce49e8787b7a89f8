package node

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/dsp"
	"av_capture/src/msgs/diagnostic_msgs/msg"
)

// audioMeter counts what a microphone did since the last report and, for the
// diagnostics, since the node started. It measures how loud it was: only while
// a report is made, from the newest sound in the ring, so that the blocks on
// their way cost nothing more.
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
	losses  int           // of the device in this opening of the source, told in an earlier report
	since   time.Duration // start of the interval, on CLOCK_MONOTONIC

	next      uint64        // index of the audio frame that the next block starts with
	clipped   []uint64      // samples since the node started, by channel, of as many channels as there ever were
	refusals  uint64        // messages that the middleware refused since the node started
	head      uint64        // index one past the newest audio frame of the last report
	grown     time.Duration // when head was seen to grow, or the source was opened; on CLOCK_MONOTONIC
	rate      rate          // of audio frames into the ring
	latencies latencies
}

// open notes what is captured now, and whether the report shall tell the
// strongest frequency.
func (m *audioMeter) open(c *capture, strongest bool) error {
	l, err := newLevels(c.format, min(levelWindow, c.ring.Capacity()), strongest)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.capture, m.levels = c, l
	m.losses = 0
	m.next, m.head = c.before.next, c.before.next
	m.grown = acquire.Monotonic()
	m.rate.reset(m.head, m.grown)
	m.latencies.reset()
	if more := c.format.Channels - len(m.clipped); more > 0 {
		m.clipped = append(m.clipped, make([]uint64, more)...)
	}
	return nil
}

// refused counts a message that the middleware refused.
func (m *audioMeter) refused(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail(err)
}

// fail counts a message that the middleware refused. m.mu is held.
func (m *audioMeter) fail(err error) {
	m.failed++
	m.refusals++
	m.why = err
}

// add counts a block that was sent, after so many lost audio frames in total;
// next is the index of the audio frame after it.
func (m *audioMeter) add(next, lost uint64, latency time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.blocks++
	m.next = next
	m.lost = lost
	if !m.capture.hurried { // whose stamps are not of this time
		m.latency += latency
		m.worst = max(m.worst, latency)
		m.latencies.add(latency)
	}
	if err != nil {
		m.fail(err)
	}
}

// hear counts what is clipped in a block.
func (m *audioMeter) hear(data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dsp.CountClipped(m.clipped[:m.capture.format.Channels], data, m.capture.format.Encoding)
}

// start begins the first interval.
func (m *audioMeter) start() { m.since = acquire.Monotonic() }

// report describes the interval since the last report, then it starts anew.
func (m *audioMeter) report() account {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := acquire.Monotonic()
	elapsed := (now - m.since).Seconds()
	var line strings.Builder
	var trouble string
	if m.levels != nil {
		m.levels.measure(m.capture.ring)
	}
	if m.blocks == 0 {
		line.WriteString("no sound")
	} else {
		fmt.Fprintf(&line, "%5.1f blocks/s  %s  latency %.1f ms (worst %.1f ms)",
			float64(m.blocks)/elapsed, m.capture.format,
			milliseconds(m.latency)/float64(m.blocks), milliseconds(m.worst))
		line.WriteString("  " + m.levels.text())
	}
	fmt.Fprintf(&line, "  lost %d", m.lost)
	switch {
	case m.failed > 0:
		trouble = fmt.Sprintf("%d messages could not be published: %v", m.failed, m.why)
	case m.lost > m.told:
		trouble = fmt.Sprintf("lost %d audio frames, %d since the node started", m.lost-m.told, m.lost)
		if _, losses := m.capture.losses.total(); losses > m.losses {
			trouble += fmt.Sprintf(": the device or the sound system dropped some; how many is estimated from the clock, and epoch %d begins", m.capture.epoch(math.MaxUint64))
			m.losses = losses
		}
	}
	m.told = m.lost
	m.blocks, m.failed, m.why = 0, 0, nil
	m.latency, m.worst, m.since = 0, 0, now
	a := m.diagnose(now, trouble)
	a.line, a.trouble = line.String(), trouble
	return a
}

// diagnose fills in what is for the diagnostics. m.mu is held.
func (m *audioMeter) diagnose(now time.Duration, trouble string) account {
	var a account
	if m.capture == nil {
		return a
	}
	c, format := m.capture, m.capture.format
	head := c.ring.Head()
	if m.head == c.before.next {
		m.rate.reset(head, now) // what was lost while the source was closed is no sound
	} else {
		m.rate.add(head, now)
	}
	if head > m.head {
		m.head, m.grown = head, now
	}
	a.device = format.Device
	expected := float64(format.SampleRate)
	switch silent := (now - m.grown).Seconds(); {
	case c.waits.Load():
		a.message = "waiting for a subscriber, to play the file as fast as it takes it"
	case c.stands.Load() > 0:
		a.level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		a.message = "the file stands still: a subscriber does not acknowledge what it was sent"
	case silent > 2 && !c.hurried:
		a.level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		a.message = fmt.Sprintf("no sound for %.0f s: check the microphone's cable, and that the sound system runs", silent)
	case trouble != "":
		a.level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		a.message = trouble
	case m.rate.below(lowRate*expected) && !c.hurried:
		a.level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		a.message = fmt.Sprintf("%.0f audio frames/s instead of %d: the device or the machine is too slow", m.rate.hertz(), format.SampleRate)
	default:
		a.message = fmt.Sprintf("capturing %s", format)
	}
	a.values.add("device", "%s", format.Device)
	a.values.add("format", "%s", format)
	if format.Native != "" {
		a.values.add("device format", "%s", format.Native)
		a.values.add("conversion", "%s", map[bool]string{false: "none", true: "from the device format to format"}[format.Converted])
	}
	a.values.add("rate [Hz]", "%.1f", m.rate.hertz())
	a.values.add("expected rate [Hz]", "%d", format.SampleRate)
	a.values.add("rate error [ppm]", "%.1f", c.clock.RateError())
	late := c.clock.Lateness()
	a.values.add("lateness mean [ms]", "%.2f", milliseconds(late.Mean))
	a.values.add("lateness least [ms]", "%.2f", milliseconds(late.Least))
	a.values.add("ring fill [%]", "%.1f", 100*float64(min(head-min(m.next, head), uint64(c.ring.Capacity())))/float64(c.ring.Capacity()))
	a.values.add("audio frames", "%d", head)
	a.values.add("lost frames", "%d", m.lost)
	estimated, _ := c.losses.total()
	a.values.add("lost frames, estimated", "%d", c.before.estimated+estimated)
	a.values.add("epoch", "%d", c.epoch(math.MaxUint64))
	a.values.add("drops", "%d", m.refusals)
	a.values.add("thread priority", "%s", c.precedence)
	if c.hurried {
		a.values.latency(&m.latencies, "not in real time")
	} else {
		a.values.latency(&m.latencies, "no block yet")
	}
	m.levels.diagnose(&a.values)
	a.values.add("clipped samples", "%s", strings.Trim(fmt.Sprint(m.clipped[:format.Channels]), "[]"))
	return a
}
