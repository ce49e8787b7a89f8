package film

import (
	"fmt"
	"time"
)

const (
	// stepLimit is the step back of stamps beyond which they begin anew.
	stepLimit = time.Second

	// pause is the time behind the end of a part from which on the next image or sound comes
	// after a pause. It is no longer than the shortest part.
	pause = time.Second

	// lingering bounds the wait for streams that have not come to the end of a part.
	lingering = time.Second

	// gathering is the time in which messages gather for ffmpeg: waking it for each of them
	// takes more of a processor than all the rest.
	gathering = 50 * time.Millisecond
)

// state is the next step of write.
type state int

const (
	taken   state = iota // an item is to be written
	begins               // a part is to begin
	changes              // the part is to end
	over
)

// take waits for the next thing to do.
func (r *Recorder) take() (*Stream, item, state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if r.part == nil {
			wait, ready := r.ready()
			if ready {
				return nil, item{}, begins
			}
			if r.closed {
				return nil, item{}, over
			}
			r.sleep(wait)
			continue
		}
		s, wait, state := r.choose()
		switch {
		case s != nil:
			next := s.queue[0]
			s.queue[0] = item{} // its memory is free once it is written
			s.queue = s.queue[1:]
			return s, next, taken
		case state != taken:
			return nil, item{}, state
		}
		if err := r.flush(); err != nil {
			return nil, item{}, over // closing the part tells why
		}
		r.sleep(wait)
		r.gather()
	}
}

// flush hands to ffmpeg what is held back for it. r.mu is held, but not meanwhile.
func (r *Recorder) flush() error {
	p := r.part
	r.mu.Unlock()
	defer r.mu.Lock()
	return p.flush()
}

// gather lets messages gather, unless the film is to end or many are there. r.mu is held, but
// not meanwhile.
func (r *Recorder) gather() {
	if r.closed || r.queued > r.config.Buffer/8 {
		return
	}
	r.mu.Unlock()
	defer r.mu.Lock()
	time.Sleep(gathering)
}

// sleep waits for a change, or for a time if it is positive. r.mu is held.
func (r *Recorder) sleep(limit time.Duration) {
	if limit > 0 {
		defer time.AfterFunc(limit, func() {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.changed.Signal()
		}).Stop()
	}
	r.changed.Wait()
}

// ready reports whether a part can begin, or after which time to look again, 0 for a change.
// r.mu is held.
func (r *Recorder) ready() (wait time.Duration, ready bool) {
	some, all := false, true
	for _, s := range r.streams {
		if len(s.queue) > 0 || len(s.carried) > 0 {
			some = true
		} else if s.expected {
			all = false
		}
	}
	if !some {
		return 0, false
	}
	patience := r.config.Wait - time.Since(r.first)
	if r.closed || patience <= 0 || r.queued > r.config.Buffer/2 {
		return 0, true
	}
	if settling := r.config.Settle - time.Since(r.added); settling > 0 {
		return min(settling, patience), false
	}
	return patience, all
}

// choose returns the stream whose next item is to be written: the oldest one. Without one it
// returns what is to be done instead, or after which time to look again, 0 for a change.
// r.mu is held.
func (r *Recorder) choose() (chosen *Stream, wait time.Duration, what state) {
	held := false // an item belongs to the next part
	late := false // a stream may still have something for this one
	for _, s := range r.streams {
		if len(s.queue) == 0 {
			late = late || s.track >= 0 && time.Since(s.came) < lingering
			continue
		}
		next := &s.queue[0]
		if r.holds(s, next) {
			held = true
			continue
		}
		if chosen == nil || next.stamp < chosen.queue[0].stamp {
			chosen = s
		}
	}
	switch {
	case chosen != nil:
		return chosen, 0, taken
	case held:
		if r.waiting.IsZero() {
			r.waiting = time.Now()
		}
		left := lingering - time.Since(r.waiting)
		if !late || r.closed || left <= 0 || r.queued > r.config.Buffer/2 {
			return nil, 0, changes
		}
		return nil, left, taken
	case r.closed:
		return nil, 0, over
	}
	return nil, 0, taken
}

// holds reports whether an item belongs to the next part, and notes where this one ends.
func (r *Recorder) holds(s *Stream, next *item) bool {
	switch {
	case s.steppedBack(next):
		r.stepped = true
		// Others may still have what belongs before; those that do not step back end the
		// part a little later.
		r.endAt(min(r.boundary, s.last+stepLimit), fmt.Sprintf("the stamps of %s step back by %.3f s", s.title, (s.last-next.stamp).Seconds()))
		return true
	case s.reached(r.boundary, next):
		return true
	case !s.fits(next):
		why := s.title + " begins"
		if s.track >= 0 {
			why = fmt.Sprintf("%s, and now another format", s.describe())
		}
		r.endAt(min(r.boundary, next.stamp), why)
		return true
	case s.pausesLong(next):
		r.endAt(min(r.boundary, next.stamp), fmt.Sprintf("%s has nothing for %.3f s", s.title, (next.stamp-s.last).Seconds()))
		return true
	}
	return false
}

// endAt moves the end of the part to an earlier stamp.
func (r *Recorder) endAt(boundary time.Duration, why string) {
	if boundary < r.boundary {
		r.boundary, r.ending = boundary, why
	}
}
