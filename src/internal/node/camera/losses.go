package camera

import (
	"fmt"
	"time"
)

const imagesLost = "%d images lost: publishing is slower than the source, or the device lost them"

// longestPause is the longest time without a message while images are lost.
const longestPause = 64 * time.Second

// lossLog decides when lost images are logged: the first at once, then what was lost in the
// 2, 4, 8 … 64 s since the last message, so that a machine that is too slow for hours does
// not fill its log. None is left out of the sums.
type lossLog struct {
	unsaid uint64        // images lost since the last message
	said   time.Duration // when that was, on CLOCK_MONOTONIC
	pause  time.Duration // from then to the next one; 0 if the next loss is logged at once
}

// add counts lost images and returns the message that is due now, empty if none is. It is
// called about once a second.
func (l *lossLog) add(lost uint64, now time.Duration) string {
	l.unsaid += lost
	since := now - l.said
	if since < l.pause-time.Second/2 { // calls do not come exactly in time
		return ""
	}
	if l.unsaid == 0 {
		l.pause = 0
		return ""
	}
	text := fmt.Sprintf(imagesLost, l.unsaid)
	if l.pause > 0 {
		text += fmt.Sprintf(" (in the last %.0f s)", since.Seconds())
	}
	l.unsaid, l.said = 0, now
	l.pause = min(max(2*l.pause, 2*time.Second), longestPause)
	return text
}
