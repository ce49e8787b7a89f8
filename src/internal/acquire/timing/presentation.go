package timing

import (
	"context"
	"math"
	"time"

	"av_capture/src/internal/clock"
)

// UsualFrameRate is the rate of images without times in a file without a rate [images/s].
const UsualFrameRate = 25

// LatenessLimit is the greatest lateness of a consumer that still gets all images, as fast as
// it takes them. For a later one the presentation pauses, or, if other sources play the same
// film, images are dropped.
const LatenessLimit = time.Second

// gapLimit bounds the gap between two images of a file that no other source plays; a longer
// one is an error in the file.
const gapLimit = 10 * time.Second

// Presentation tells when the images of a file are due, by their times in the file, counted
// from one origin so that nothing drifts.
type Presentation struct {
	part   *Part
	period time.Duration // between images without times

	running  bool          // there has been an image
	restarts bool          // the next image is the first of the file again
	behind   bool          // images are dropped until one is not late
	last     time.Duration // when the last image was due
	lastAt   time.Duration // its position in the file
}

// NewPresentation returns a Presentation at a rate [images/s], 0 if unknown, of a part in a
// film; nil stands for a file that no other source plays.
func NewPresentation(rate float64, part *Part) *Presentation {
	if rate <= 0 {
		rate = UsualFrameRate
	}
	if part == nil {
		part = (*Timelines)(nil).Join("", "")
	}
	return &Presentation{part: part, period: time.Duration(math.Round(float64(time.Second) / rate))}
}

// Begin starts the presentation with an image, given its position in the file [ms]. It blocks
// as [Part.Begin] does, and returns false if ctx ends first.
func (p *Presentation) Begin(ctx context.Context, position float64) bool {
	begun := p.part.Begin(ctx, milliseconds(position))
	p.behind = p.part.Joined() // images before are over
	return begun
}

// Late returns by how much an image is late now, given its position in the file [ms].
func (p *Presentation) Late(position float64) time.Duration {
	return clock.Monotonic() - p.part.Due(milliseconds(position))
}

// Due returns when the next image is due, given its position in the file [ms] and the present
// time. It grows from image to image. For a late consumer it is in the past, by no more than
// LatenessLimit, or the image is to be dropped: wanted is false then. Begin must have returned
// true.
func (p *Presentation) Due(position float64, now time.Duration) (due time.Duration, wanted bool) {
	at := milliseconds(position)
	due = p.part.Due(at)
	step := at - p.lastAt
	switch next := p.last + p.period; {
	case !p.running:
		p.running = true
		if p.part.Shift(now - due) {
			due, p.behind = now, false
		}
	case p.restarts:
	case step <= 0: // without a credible time, one period after the last image
		p.part.Shift(next - due)
		due = next
	case step >= gapLimit && p.part.Shift(next-due):
		due = next
	}
	if late := now - due; late > LatenessLimit {
		if p.part.Shift(late) {
			due = now
		} else {
			p.behind = true
		}
	}
	p.behind = p.behind && due < now
	due = max(due, p.last+1)
	p.restarts, p.last, p.lastAt = false, due, at
	return due, !p.behind
}

// End notes that the last image has been shown, for as long as a period.
func (p *Presentation) End() { p.part.End(p.lastAt + p.period) }

// Await blocks until the file begins again, for all sources that play it. The next image is
// its first one. It returns false if ctx ends first.
func (p *Presentation) Await(ctx context.Context) bool {
	p.restarts = true
	return p.part.Await(ctx)
}

// Ended returns when the file ended for all sources that play it, after Await. Of a file that
// one source plays that is the time of its last image.
func (p *Presentation) Ended() time.Duration {
	if at, shared := p.part.Began(); shared {
		return at
	}
	return p.last
}

// milliseconds returns a position of so many milliseconds.
func milliseconds(position float64) time.Duration {
	return time.Duration(math.Round(position * float64(time.Millisecond)))
}
