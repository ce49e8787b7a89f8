package node

import (
	"sync/atomic"
	"time"
)

// deadlineWatch notes whether a publisher misses the deadline that it offers. The
// middleware's event for it would wake the executor at each missed deadline: a hundred
// times a second for a deadline of 10 ms. As in the middleware, the first message starts
// it. Any goroutine may use it.
type deadlineWatch struct {
	deadline time.Duration
	last     atomic.Int64 // time of the newest message on CLOCK_MONOTONIC [ns], 0 before the first
	late     atomic.Bool  // a message came too late since the last call of missed
}

// newDeadlineWatch returns the watch for a deadline, or nil without one.
func newDeadlineWatch(deadline time.Duration) *deadlineWatch {
	if deadline <= 0 {
		return nil
	}
	return &deadlineWatch{deadline: deadline}
}

// published notes that a message is published at a time on CLOCK_MONOTONIC.
func (w *deadlineWatch) published(now time.Duration) {
	if w.isLate(time.Duration(w.last.Swap(int64(now))), now) {
		w.late.Store(true)
	}
}

// missed reports whether there was no message for longer than the deadline since the
// last call.
func (w *deadlineWatch) missed(now time.Duration) bool {
	return w.late.Swap(false) || w.isLate(time.Duration(w.last.Load()), now)
}

// restart forgets the messages so far: the deadline is that of the next one.
func (w *deadlineWatch) restart() {
	w.last.Store(0)
	w.late.Store(false)
}

// isLate reports whether the deadline after the last message has passed.
func (w *deadlineWatch) isLate(last, now time.Duration) bool {
	return last > 0 && now-last > w.deadline
}
