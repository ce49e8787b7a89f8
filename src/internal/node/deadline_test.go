package node

import (
	"testing"
	"time"

	"av_capture/src/internal/clock"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestDeadlineIsMissedByALateMessageAndByNone(t *testing.T) {
	const deadline = 100 * time.Millisecond
	w := newDeadlineWatch(deadline)
	now := time.Minute
	step := func(d time.Duration, publish, missed bool) {
		t.Helper()
		if now += d; publish {
			w.published(now)
		}
		if got := w.missed(now); got != missed {
			t.Errorf("%v later, with a message: %t: a deadline is missed: %t, want %t", d, publish, got, missed)
		}
	}
	step(time.Minute, false, false) // before the first message there is no deadline
	step(time.Minute, true, false)
	step(deadline, true, false)
	step(deadline, false, false)
	step(1, false, true)
	step(1, true, true)
	step(deadline, true, false)
	w.restart()
	step(time.Minute, false, false)
	step(time.Minute, true, false)
	if newDeadlineWatch(0) != nil {
		t.Error("a publisher without a deadline has a watch")
	}
}

func TestNoDeadlineIsMissedWhileNothingIsCaptured(t *testing.T) {
	p := &Publisher{deadline: newDeadlineWatch(time.Microsecond)} // shorter than any time since the machine's start
	b := &Base{publishers: []*Publisher{p}}
	q := &incompatibleQoS{
		topic: &Topic{full: "/camera/image_raw"}, publisher: &rclgo.Publisher{TopicName: "/camera/image_raw"},
		deadline: p.deadline, warned: map[string]bool{},
	}
	check := func(when string, capturing bool, want int) {
		t.Helper()
		if got := q.check(capturing); len(got) != want {
			t.Errorf("%s: it warns %q, want %d warnings", when, got, want)
		}
	}
	published := func(ago time.Duration) { p.deadline.published(clock.Monotonic() - ago) }
	published(time.Millisecond)
	check("capture is off", false, 0)
	b.RestartDeadlines()
	check("the source is open", true, 0)
	published(-time.Hour) // the next check comes before the deadline, however slow the machine
	check("captured", true, 0)
	b.RestartDeadlines()
	published(time.Millisecond)
	check("late", true, 1)
	check("late again", true, 0)
}
