// Package film tells when the images of something recorded are due, for sources
// that play files and streams.
package film

import (
	"math"
	"time"
)

// UsualFrameRate is how fast images that carry no time are shown where nobody
// says how fast [images/s].
const UsualFrameRate = 25

// LatenessLimit is how late a consumer may be to get the images that it missed,
// as fast as it takes them; the film is stopped for one that is later.
const LatenessLimit = time.Second

// A longer gap between two images of a file is a mistake in the file.
const gapLimit = 10 * time.Second

// Film says when the images of a file are due, which is as far apart as the
// file says, counted from one origin so that nothing drifts.
type Film struct {
	period time.Duration // between images that carry no time

	running  bool          // there has been an image
	restarts bool          // the next image is the first of the file again
	origin   time.Duration // when position was due, on CLOCK_MONOTONIC
	position float64       // [ms] in the file
	last     time.Duration // when the last image was due
	lastAt   float64       // [ms] its position
}

// New returns a Film of so many images a second, 0 where nobody knows.
func New(rate float64) *Film {
	if rate <= 0 {
		rate = UsualFrameRate
	}
	return &Film{period: time.Duration(math.Round(float64(time.Second) / rate))}
}

// Restart says that the next image is the first of the file again. It follows
// the last one after a period.
func (f *Film) Restart() { f.restarts = true }

// Due returns when the next image is due, given its position in the file [ms]
// and the time now. It grows from image to image, and it is in the past, but
// by no more than LatenessLimit, for a consumer that is late.
func (f *Film) Due(position float64, now time.Duration) time.Duration {
	var due time.Duration
	step := (position - f.lastAt) * float64(time.Millisecond)
	switch {
	case !f.running:
		f.running = true
		due = f.rebase(now, position)
	case f.restarts || !(step > 0 && step < float64(gapLimit)):
		// Without a credible time, one period after the image before.
		due = f.rebase(f.last+f.period, position)
	default:
		due = f.origin + time.Duration(math.Round((position-f.position)*float64(time.Millisecond)))
	}
	if now-due > LatenessLimit {
		due = f.rebase(now, position)
	}
	due = max(due, f.last+1)
	f.restarts, f.last, f.lastAt = false, due, position
	return due
}

// rebase counts from here on.
func (f *Film) rebase(due time.Duration, position float64) time.Duration {
	f.origin, f.position = due, position
	return due
}
