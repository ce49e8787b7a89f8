package node

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// longestPause is the longest time without a message while trouble goes on.
const longestPause = 64 * time.Second

// Recurring decides when trouble that goes on is logged: the first at once, then the sum of
// the 2, 4, 8 … 64 s since the last message, so that a machine that is too slow for hours does
// not fill its log. Nothing is left out of the sums. The zero value is ready; one goroutine
// uses it.
type Recurring struct {
	unsaid uint64        // events since the last message
	said   time.Duration // when that was, on CLOCK_MONOTONIC
	pause  time.Duration // from then to the next one; 0 if the next event is logged at once
}

// Add counts the events of the newest report, and returns how many are to be logged now, 0 if
// no message is due, and the time in which they came, as in " in the last 4 s", empty if they
// are those of the newest report alone. It is called about once a second, with 0 too.
func (r *Recurring) Add(events uint64, now time.Duration) (due uint64, span string) {
	r.unsaid += events
	since := now - r.said
	if since < r.pause-time.Second/2 { // calls do not come exactly in time
		return 0, ""
	}
	if r.unsaid == 0 {
		r.pause = 0
		return 0, ""
	}
	if r.pause > 0 {
		span = fmt.Sprintf(" in the last %.0f s", since.Seconds())
	}
	due, r.unsaid, r.said = r.unsaid, 0, now
	r.pause = min(max(2*r.pause, 2*time.Second), longestPause)
	return due, span
}

// Troubles joins the texts that are not empty.
func Troubles(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "; ")
}
