package nodetest

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"av_capture/src/internal/clock"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// SettableClock is this machine's clocks with a system's time that can be set.
type SettableClock struct{ offset atomic.Int64 } // [ns]

func (c *SettableClock) Read() clock.Reading {
	r := clock.Read()
	r.System = r.System.Add(time.Duration(c.offset.Load()))
	return r
}

func (c *SettableClock) Step(by time.Duration) { c.offset.Add(int64(by)) }

// Stamped are messages of one topic, by stamp and in the order of arrival.
type Stamped[M any] struct {
	mu       sync.Mutex
	messages []*M
	Header   func(*M) *std_msgs_msg.Header
}

func (s *Stamped[M]) Take(m *M, _ *rclgo.MessageInfo, err error) {
	if err == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.messages = append(s.messages, m)
	}
}

func (s *Stamped[M]) SoFar() []*M {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.messages[:len(s.messages):len(s.messages)]
}

func (s *Stamped[M]) Stamps() []time.Time {
	var stamps []time.Time
	for _, m := range s.SoFar() {
		h := s.Header(m)
		stamps = append(stamps, time.Unix(int64(h.Stamp.Sec), int64(h.Stamp.Nanosec)))
	}
	return stamps
}

// WantStep requires stamps that grow but for one step of a size.
func WantStep(t *testing.T, topic string, stamps []time.Time, size time.Duration) {
	t.Helper()
	steps := 0
	for i := range stamps[1:] {
		between := stamps[i+1].Sub(stamps[i])
		if between > 0 && between < time.Minute {
			continue
		}
		steps++
		if off := between - size; off.Abs() > time.Minute {
			t.Errorf("%s: message %d is stamped %v after the one before", topic, i+1, between)
		}
	}
	if steps != 1 {
		t.Errorf("%s: the stamps made %d steps, want one", topic, steps)
	}
}

// WantReported waits until two reports have counted one step back, and requires
// that one of them has warned of it.
func WantReported(t *testing.T, diagnostics *Stamped[diagnostic_msgs_msg.DiagnosticArray], size string) {
	t.Helper()
	said := "the system's clock was set back by " + size + ": stamps follow it"
	Eventually(t, "two reports of one step", func() bool {
		counted, warned := 0, 0
		for _, array := range diagnostics.SoFar() {
			status := array.Status[0]
			for _, value := range status.Values {
				if value.Key == "clock steps" && value.Value == "1" {
					counted++
				}
			}
			if strings.Contains(status.Message, said) {
				warned++
			}
		}
		if warned > 1 {
			t.Fatalf("%d reports warn of one step", warned)
		}
		return counted >= 2 && warned == 1
	})
}
