package node

import (
	"sync/atomic"
	"time"
)

// interestLimit bounds the age of an answer of the middleware: the executor, which hears of
// changes, may be in a callback that lasts.
const interestLimit = time.Second

// interest keeps the middleware's answer whether anybody is subscribed, until it tells of a
// change: asking it for each image is a call of C, which wakes the monitor thread of Go's
// scheduler. The zero interest knows nothing. Any goroutine may use it.
type interest struct {
	changes atomic.Uint64 // that the middleware has told
	answer  atomic.Uint64 // twice the changes when it was given, and 1 if somebody was subscribed
	expires atomic.Int64  // [ns] on CLOCK_MONOTONIC
}

// change notes that subscriptions have come or gone.
func (i *interest) change() { i.changes.Add(1) }

// get returns the last answer, or the one that ask gives if that is too old.
func (i *interest) get(now time.Duration, ask func() bool) bool {
	changes := i.changes.Load() // before asking: a change meanwhile makes the answer too old
	if answer := i.answer.Load(); answer>>1 == changes && now.Nanoseconds() < i.expires.Load() {
		return answer&1 != 0
	}
	wanted := ask()
	answer := changes << 1
	if wanted {
		answer++
	}
	i.answer.Store(answer)
	i.expires.Store((now + interestLimit).Nanoseconds())
	return wanted
}
