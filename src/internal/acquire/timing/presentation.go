package timing

import (
	"math"
	"time"
)

// UsualFrameRate is the rate of images without times in a file without a rate [images/s].
const UsualFrameRate = 25

// LatenessLimit is the greatest lateness of a consumer that still gets all images, as fast as
// it takes them; the presentation pauses for a later one.
const LatenessLimit = time.Second

// gapLimit bounds the gap between two images of a file; a longer one is an error in the file.
const gapLimit = 10 * time.Second

// Presentation tells when the images of a file are due, by their times in the file, counted
// from one origin so that nothing drifts.
type Presentation struct {
	period time.Duration // between images without times

	running  bool          // there has been an image
	restarts bool          // the next image is the first of the file again
	origin   time.Duration // when position was due, on CLOCK_MONOTONIC
	position float64       // [ms] in the file, at origin
	last     time.Duration // when the last image was due
	lastAt   float64       // [ms] its position
}

// NewPresentation returns a Presentation at a rate [images/s], 0 if unknown.
func NewPresentation(rate float64) *Presentation {
	if rate <= 0 {
		rate = UsualFrameRate
	}
	return &Presentation{period: time.Duration(math.Round(float64(time.Second) / rate))}
}

// Restart has the next image, the first of the file again, follow after a period.
func (p *Presentation) Restart() { p.restarts = true }

// Due returns when the next image is due, given its position in the file [ms] and the present
// time. It grows from image to image. For a late consumer it is in the past, by no more than
// LatenessLimit.
func (p *Presentation) Due(position float64, now time.Duration) time.Duration {
	var due time.Duration
	step := (position - p.lastAt) * float64(time.Millisecond)
	switch {
	case !p.running:
		p.running = true
		due = p.rebase(now, position)
	case p.restarts || !(step > 0 && step < float64(gapLimit)):
		// Without a credible time, one period after the last image.
		due = p.rebase(p.last+p.period, position)
	default:
		due = p.origin + time.Duration(math.Round((position-p.position)*float64(time.Millisecond)))
	}
	if now-due > LatenessLimit {
		due = p.rebase(now, position)
	}
	due = max(due, p.last+1)
	p.restarts, p.last, p.lastAt = false, due, position
	return due
}

// rebase counts from here on.
func (p *Presentation) rebase(due time.Duration, position float64) time.Duration {
	p.origin, p.position = due, position
	return due
}
