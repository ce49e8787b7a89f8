package topics

import (
	"strings"
	"time"

	"av_capture/src/internal/view"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// suffix ends the names of statuses of this package's nodes.
const suffix = ": capture"

// Bounds of what is passed on of a status.
const (
	maxText   = 2000 // [bytes]
	maxValues = 64
)

// statuses takes the statuses of nodes of this package. The goroutine of the wait set uses
// it.
type statuses struct{ feed *view.Feed }

func (s *statuses) take(m *diagnostic_msgs_msg.DiagnosticArray, _ *rclgo.MessageInfo, err error) {
	if nothingTaken(s.feed, err) {
		return
	}
	for i := range m.Status {
		if status := &m.Status[i]; strings.HasSuffix(status.Name, suffix) {
			s.feed.Status(statusOf(status, time.Now()))
		}
	}
}

// statusOf returns a status that arrived, without what is too long.
func statusOf(m *diagnostic_msgs_msg.DiagnosticStatus, arrived time.Time) view.Status {
	s := view.Status{
		Name:    short(m.Name),
		Level:   int(m.Level),
		Arrived: milliseconds(arrived),
		Message: short(m.Message),
		Device:  short(m.HardwareId),
	}
	for _, value := range m.Values[:min(len(m.Values), maxValues)] {
		s.Values = append(s.Values, [2]string{short(value.Key), short(value.Value)})
	}
	return s
}

func short(text string) string { return text[:min(len(text), maxText)] }
