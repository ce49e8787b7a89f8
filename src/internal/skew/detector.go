package skew

import (
	"math"
	"slices"
	"time"
)

// ImageDetector finds events in images of which each is one number. One goroutine uses it.
type ImageDetector interface {
	// Add takes the stamp and the number of the next image; one whose number is not finite
	// is left out, as if it were missing. It returns the time of the event that this image
	// has made certain, if there is one.
	Add(stamp time.Duration, value float64) (event time.Duration, found bool)

	// Searched returns the time before which no further event can be found. There has been
	// an image before.
	Searched() time.Duration

	// Doubtful returns the number of events that were left out since an image before
	// them is missing.
	Doubtful() int

	// Period returns the usual time from image to image, 0 before the second image.
	Period() time.Duration
}

const (
	// behind and ahead are the numbers of images before and after the one that is judged.
	behind = 3
	ahead  = 4

	// recentImages is the number of images by which noise and period are estimated: two
	// seconds at 30/s.
	recentImages = 60

	// fewestImages is the number of images before the first event.
	fewestImages = 8

	// longestPause is the longest time from image to image. After a longer one all begins
	// anew.
	longestPause = 3 * time.Second

	// deviation is the standard deviation of a normal distribution whose median absolute
	// deviation is 1.
	deviation = 1.4826
)

// history holds the newest images. The zero history is empty.
type history struct {
	stamps []time.Duration // of at most recentImages images, the oldest first
	values []float64

	doubtful int
}

// add takes an image, unless its value is not finite, and forgets all others if time has gone
// back or stood still, or after a long pause. It reports whether it has taken the image.
func (h *history) add(stamp time.Duration, value float64) bool {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return false
	}
	if n := len(h.stamps); n > 0 {
		if since := stamp - h.stamps[n-1]; since <= 0 || since > longestPause {
			h.stamps, h.values = h.stamps[:0], h.values[:0]
		} else if n == recentImages {
			h.stamps, h.values = slices.Delete(h.stamps, 0, 1), slices.Delete(h.values, 0, 1)
		}
	}
	h.stamps, h.values = append(h.stamps, stamp), append(h.values, value)
	return true
}

// judged returns the index of the image that is judged now, or false if there are too few.
func (h *history) judged() (k int, ok bool) {
	return len(h.stamps) - 1 - ahead, len(h.stamps) >= max(fewestImages, behind+1+ahead)
}

// Searched implements [ImageDetector]: it is the stamp of the oldest image that is not judged
// yet.
func (h *history) Searched() time.Duration {
	return h.stamps[max(0, len(h.stamps)-ahead)]
}

// Doubtful implements [ImageDetector].
func (h *history) Doubtful() int { return h.doubtful }

// Period implements [ImageDetector].
func (h *history) Period() time.Duration {
	if len(h.stamps) < 2 {
		return 0
	}
	var steps []time.Duration
	for i := range h.stamps[1:] {
		steps = append(steps, h.stamps[i+1]-h.stamps[i])
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// complete reports whether no image is missing before image k.
func (h *history) complete(k int, period time.Duration) bool {
	return h.stamps[k]-h.stamps[k-1] <= period*3/2
}
