package skew

import (
	"slices"
	"time"
)

// Pair is an event that was both seen and heard.
type Pair struct {
	Image time.Duration // when it was seen, by the stamps of images
	Sound time.Duration // when it was heard, by those of sound
}

// Skew returns by how much the image is stamped later than the sound.
func (p Pair) Skew() time.Duration { return p.Image - p.Sound }

// patience is the longest time by which one topic may be ahead of the other one. Events that
// are older are judged without those that the slower topic may still bring.
const patience = 10 * time.Second

// Pairer joins events of images and of sound that are nearest to each other, in the order of
// time. One goroutine uses it.
type Pairer struct {
	// Window is the longest time between the two of a pair: half the interval between
	// events.
	Window time.Duration

	images, sounds track

	// Events without a partner, of times at which both topics were searched.
	UnmatchedImages int // that were seen and not heard
	UnmatchedSounds int // that were heard and not seen
}

// settling is the time from a topic's beginning in which its events may not be found yet,
// since the usual noise is not known.
const settling = 500 * time.Millisecond

// track holds the events of one topic that are not judged yet.
type track struct {
	events   []time.Duration // in the order of time
	since    time.Duration   // events from then on are found
	searched time.Duration   // no further event can be before it
	begun    bool            // the others are known
}

// AddImage takes an event of the images.
func (p *Pairer) AddImage(at time.Duration) { p.images.events = append(p.images.events, at) }

// AddSound takes an event of the sound.
func (p *Pairer) AddSound(at time.Duration) { p.sounds.events = append(p.sounds.events, at) }

// SearchedImages notes that all events of images before a time were added. It returns the
// pairs that are certain by that.
func (p *Pairer) SearchedImages(until time.Duration) []Pair { return p.advance(&p.images, until) }

// SearchedSounds notes that all events of sound before a time were added. It returns the
// pairs that are certain by that.
func (p *Pairer) SearchedSounds(until time.Duration) []Pair { return p.advance(&p.sounds, until) }

// advance notes the progress of a topic. Where its time goes back, all events of the time
// before are judged.
func (p *Pairer) advance(t *track, until time.Duration) (pairs []Pair) {
	if t.begun && until < t.searched-p.Window {
		images, sounds := p.images.split(until+p.Window), p.sounds.split(until+p.Window)
		pairs = p.Finish()
		p.images.events, p.sounds.events = images, sounds
	}
	if !t.begun || until < t.searched-p.Window {
		t.since = until + settling
	}
	t.searched, t.begun = until, true
	for {
		first, ok := p.first()
		if !ok || !p.certain(first) {
			return pairs
		}
		pairs = p.judge(pairs)
	}
}

// split removes the events up to a time, and returns them.
func (t *track) split(until time.Duration) (early []time.Duration) {
	t.events = slices.DeleteFunc(t.events, func(at time.Duration) bool {
		if at > until {
			return false
		}
		early = append(early, at)
		return true
	})
	return early
}

// first returns the time of the earliest event.
func (p *Pairer) first() (at time.Duration, ok bool) {
	switch {
	case len(p.images.events) > 0 && len(p.sounds.events) > 0:
		return min(p.images.events[0], p.sounds.events[0]), true
	case len(p.images.events) > 0:
		return p.images.events[0], true
	case len(p.sounds.events) > 0:
		return p.sounds.events[0], true
	}
	return 0, false
}

// certain reports whether all is known that decides about the earliest event: its partner is
// at most a window later, and whatever is nearer to the partner another window.
func (p *Pairer) certain(at time.Duration) bool {
	both := p.images.begun && p.sounds.begun
	slower, faster := min(p.images.searched, p.sounds.searched), max(p.images.searched, p.sounds.searched)
	return both && slower > at+2*p.Window || faster > at+2*p.Window+patience
}

// judge judges the earliest event, and its partner if it has one.
func (p *Pairer) judge(pairs []Pair) []Pair {
	mine, others := &p.images, &p.sounds
	unmatched := &p.UnmatchedImages
	if len(mine.events) == 0 || len(others.events) > 0 && others.events[0] < mine.events[0] {
		mine, others = others, mine
		unmatched = &p.UnmatchedSounds
	}
	at := mine.events[0]
	mine.events = mine.events[1:]
	// The partner is the first of the others; it is a pair unless the next of mine is
	// nearer to the partner.
	if len(others.events) == 0 || others.events[0]-at > p.Window ||
		len(mine.events) > 0 && (mine.events[0]-others.events[0]).Abs() < others.events[0]-at {
		if p.counts(at) {
			*unmatched++
		}
		return pairs
	}
	partner := others.events[0]
	others.events = others.events[1:]
	if mine == &p.images {
		return append(pairs, Pair{Image: at, Sound: partner})
	}
	return append(pairs, Pair{Image: partner, Sound: at})
}

// counts reports whether a partner of an event would have been found.
func (p *Pairer) counts(at time.Duration) bool {
	if at < max(p.images.since, p.sounds.since)+p.Window {
		return false
	}
	return min(p.images.searched, p.sounds.searched) > at+p.Window || max(p.images.searched, p.sounds.searched) > at+2*p.Window+patience
}

// Finish judges all events that are left, and returns the pairs among them.
func (p *Pairer) Finish() (pairs []Pair) {
	for {
		if _, ok := p.first(); !ok {
			return pairs
		}
		pairs = p.judge(pairs)
	}
}
