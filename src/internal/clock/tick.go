package clock

import "time"

// started is the time of the process's start: its ticks are not those of other processes.
var started = Monotonic()

// NextTick returns the next time on CLOCK_MONOTONIC that is a whole number of periods after the
// start of the process. All that is done each period is done at once then: the process wakes once
// for it.
func NextTick(period time.Duration) time.Duration { return tickAfter(Monotonic(), started, period) }

// tickAfter returns the first tick after now.
func tickAfter(now, started, period time.Duration) time.Duration {
	return now + period - (now-started)%period
}
