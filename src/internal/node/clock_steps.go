package node

import (
	"fmt"
	"time"

	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
)

// reportClockSteps logs by how much the system's clock was set since the last
// report, and adds it to the report. It runs on the goroutine of reports.
func (b *Base) reportClockSteps(r *Report) {
	back, news := b.Clock.Steps()
	for _, step := range news {
		if step > 0 {
			b.Log.Infof("the system's clock was set forward by %v, or the machine slept: stamps follow it", inTenths(step))
			continue
		}
		text := fmt.Sprintf("the system's clock was set back by %v: stamps follow it", inTenths(-step))
		b.Log.Warn(text)
		r.RaiseLevel(diagnostic_msgs_msg.DiagnosticStatus_WARN, "%s", text)
		if err := b.wakeTimers(); err != nil {
			b.Log.Warn(err)
		}
	}
	r.Values.Add("clock steps", "%d", back)
}

// wakeTimers makes the middleware look at its timers. Fast DDS has a thread for them
// that waits on the system's clock in ROS's wheels. When that was set back, the
// process stops announcing itself, and other machines take it for gone after 20 s.
// Anything that makes a timer wakes the thread, as a reliable publisher does; a
// policy of SROS 2 has to allow this topic anyway.
func (b *Base) wakeTimers() error {
	publisher, err := b.ROS.NewPublisher("/diagnostics", diagnostic_msgs_msg.DiagnosticArrayTypeSupport, publisherOptions(1))
	if err != nil {
		return fmt.Errorf("node: after a step of the clock: %w", err)
	}
	return publisher.Close()
}

// inTenths rounds to tenths of a second: setting a clock takes a while.
func inTenths(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
