package process

// The kernel may join the wake-ups of a process whose timer slack is long.
//
// While a goroutine is in C for long, as in publishing an image, Go's monitor
// thread looks after it every 20 µs. With Linux's usual slack of 50 µs that is a
// dozen wake-ups for an image of 1920x1080, a tenth of what publishing it costs;
// with this slack, three to four. All other waits of this process end by data, or
// by a timerfd (clock.Alarm), which has no slack.
//
// See prctl(2), PR_SET_TIMERSLACK. Programs that the process starts inherit it.

/*
#include <sys/prctl.h>

#define SLACK 500000L // [ns]

// Threads inherit the slack of the one that starts them. Go starts its monitor
// thread before any of its own code runs, so that this must come before Go.
__attribute__((constructor)) static void set_timer_slack(void) {
	int now = prctl(PR_GET_TIMERSLACK, 0L, 0L, 0L, 0L);
	if (now >= 0 && now < SLACK)
		prctl(PR_SET_TIMERSLACK, SLACK, 0L, 0L, 0L);
}
*/
import "C"

// TimerSlack is the timer slack of every thread, unless the process was started with
// a longer one [ns].
const TimerSlack = C.SLACK
