package node

import (
	"testing"
	"time"
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
