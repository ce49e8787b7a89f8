package timing

import (
	"context"
	"sync"
	"time"

	"av_capture/src/internal/clock"
)

const (
	// startLimit bounds the wait of the first source of a film for the others: more than
	// opening a file takes on a busy machine.
	startLimit = 10 * time.Second

	// Grace bounds the wait of a part that has ended for the others, before it gives silence:
	// they know their end only once they have reached it.
	Grace = 200 * time.Millisecond

	// standstill is the time without data after which the others go on without a source.
	standstill = 5 * time.Second
)

// Timelines keep the sources of a process that play the same film in step. They share the
// instant at which it starts, and it starts again when the last of them has come to its end.
// A source that comes later, or comes back, joins at the present position.
//
// The zero value is ready, and any goroutine may use it.
type Timelines struct {
	mu       sync.Mutex
	expected map[string]string // the film that an owner's next source plays
	films    map[string]*timeline

	now func() time.Duration // of tests; else clock.Monotonic
}

// timeline tells when the positions of a film are due. Timelines.mu guards it.
type timeline struct {
	film    string
	parts   map[*Part]bool
	changed chan struct{} // closed with each change, and replaced
	running bool
	pass    int           // counts the repeats
	origin  time.Duration // when position 0 of this pass is due, on CLOCK_MONOTONIC
	began   time.Duration // when the first part of this pass begins, and the pass before ended
	shared  bool          // several sources played the pass before

	// The film's length is that of all parts that have come to their end so far: a part that
	// is away for a while is awaited as long.
	measured    bool
	first, last time.Duration // positions
}

// Part is one source of a film. Positions are times in the film since its first image, which
// may be negative. One goroutine uses a Part; Leave may be called by any.
type Part struct {
	of    *Timelines
	line  *timeline
	owner string

	// Timelines.mu guards these.
	ready  bool          // it may start
	begun  bool          // it plays
	joined bool          // the film was under way when it began
	ended  bool          // it has come to its end in this pass
	first  time.Duration // position at which it begins
	last   time.Duration // position at which it ends, once it has ended
	seen   time.Duration // when it gave something, or will, on CLOCK_MONOTONIC
	pass   int           // that it plays
	origin time.Duration // of that pass
}

// monotonic returns the time on CLOCK_MONOTONIC.
func (t *Timelines) monotonic() time.Duration {
	if t.now != nil {
		return t.now()
	}
	return clock.Monotonic()
}

// Expect notes that the next source of an owner, as in "node /camera", will play a film; ""
// stands for none. The other sources of the film do not start before that one is ready or has
// failed, nor wait for it longer than startLimit.
func (t *Timelines) Expect(owner, film string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if film == "" {
		delete(t.expected, owner)
	} else {
		if t.expected == nil {
			t.expected = map[string]string{}
		}
		t.expected[owner] = film
	}
	for _, line := range t.films {
		line.notify()
	}
}

// Join returns the part of an owner in a film, in place of an earlier one that was left
// behind. A nil Timelines, or an empty film, gives a film that no other source plays.
func (t *Timelines) Join(owner, film string) *Part {
	if t == nil || film == "" {
		t = &Timelines{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.expected, owner)
	for _, line := range t.films {
		for p := range line.parts {
			if p.owner == owner {
				t.leave(p)
			}
		}
	}
	line := t.films[film]
	if line == nil {
		line = &timeline{film: film, parts: map[*Part]bool{}, changed: make(chan struct{})}
		if t.films == nil {
			t.films = map[string]*timeline{}
		}
		t.films[film] = line
	}
	p := &Part{of: t, line: line, owner: owner}
	line.parts[p] = true
	return p
}

// Leave ends the part: the others do not wait for it any more. It may be called again.
func (p *Part) Leave() {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	p.of.leave(p)
}

// leave is Leave; t.mu is held.
func (t *Timelines) leave(p *Part) {
	line := p.line
	if !line.parts[p] {
		return
	}
	delete(line.parts, p)
	if len(line.parts) == 0 && t.films[line.film] == line {
		delete(t.films, line.film)
	}
	line.advance(t.monotonic())
	line.notify()
}

// Begin has the part play from a position on. It blocks until the film starts, which is now if
// no other source is about to play it, and returns false if ctx ends first. Of a film that has
// started the part takes the present pass.
func (p *Part) Begin(ctx context.Context, first time.Duration) bool {
	t, line := p.of, p.line
	limit := time.NewTimer(startLimit)
	defer limit.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	p.ready, p.first = true, first
	line.notify()
	for late := false; !p.begun; {
		switch {
		case line.running:
			p.joined = true
			line.admit(p, t.monotonic())
			continue
		case late || !t.awaited(line):
			line.start(t.monotonic())
			continue
		}
		changed := line.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-limit.C:
			late = true
		case <-ctx.Done():
		}
		t.mu.Lock()
		if ctx.Err() != nil {
			return false
		}
	}
	return true
}

// awaited reports whether a source that is not ready yet will play the film. t.mu is held.
func (t *Timelines) awaited(line *timeline) bool {
	for p := range line.parts {
		if !p.ready {
			return true
		}
	}
	for _, film := range t.expected {
		if film == line.film {
			return true
		}
	}
	return false
}

// start has the film begin now, with the part that begins first.
func (l *timeline) start(now time.Duration) {
	l.running = true
	first := time.Duration(0)
	found := false
	for p := range l.parts {
		if p.ready && (!found || p.first < first) {
			first, found = p.first, true
		}
	}
	l.origin = now - first
	for p := range l.parts {
		if p.ready {
			l.admit(p, now)
		}
	}
	l.notify()
}

// admit has a part play the present pass.
func (l *timeline) admit(p *Part, now time.Duration) {
	p.begun, p.ended = true, false
	p.pass, p.origin = l.pass, l.origin
	p.seen = now
}

// notify wakes those who wait for a change.
func (l *timeline) notify() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// Due returns when a position is due, on CLOCK_MONOTONIC, and notes that the part has
// something to give then. Begin must have returned true.
func (p *Part) Due(position time.Duration) time.Duration {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	due := p.origin + position
	p.seen = max(p.seen, due, p.of.monotonic())
	return due
}

// Joined reports whether the film was under way when the part began.
func (p *Part) Joined() bool {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	return p.joined
}

// Shift delays all of the film, if no other source plays it, and reports whether it has.
func (p *Part) Shift(by time.Duration) bool {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if !p.line.alone(p) {
		return false
	}
	p.line.origin += by
	p.origin += by
	return true
}

// alone reports whether no other part plays the film.
func (l *timeline) alone(p *Part) bool {
	for other := range l.parts {
		if other.begun && other != p {
			return false
		}
	}
	return true
}

// End notes that the part has nothing from a position on, in this pass.
func (p *Part) End(position time.Duration) {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if p.pass != p.line.pass {
		return // the others have gone on without it
	}
	p.ended, p.last = true, position
	p.line.advance(p.of.monotonic())
}

// advance begins the next pass when the last part has ended. A part that gives nothing is not
// waited for.
func (l *timeline) advance(now time.Duration) {
	ended, left := 0, false
	for p := range l.parts {
		if !p.begun || p.pass != l.pass {
			continue
		}
		if !p.ended && now-p.seen < standstill {
			return
		}
		if p.ended {
			ended++
		} else {
			left = true
		}
	}
	if ended == 0 {
		return
	}
	for p := range l.parts {
		if p.ended {
			l.measure(p)
		}
	}
	began := l.origin + l.last
	shared := ended > 1 || left
	if shared {
		// A part may have given silence until then.
		began = max(began, now-Grace)
	}
	l.pass++
	l.origin, l.began, l.shared = began-l.first, began, shared
	l.notify()
}

// measure notes the length of a part that has ended.
func (l *timeline) measure(p *Part) {
	if !l.measured {
		l.measured, l.first, l.last = true, p.first, p.last
	}
	l.first, l.last = min(l.first, p.first), max(l.last, p.last)
}

// Next goes to the next pass after End, if it is known already when that begins.
func (p *Part) Next() bool {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	return p.next()
}

// next is Next; Timelines.mu is held.
func (p *Part) next() bool {
	l := p.line
	if p.pass == l.pass {
		l.advance(p.of.monotonic()) // without those that stand still
	}
	if p.pass == l.pass {
		return false
	}
	l.admit(p, p.of.monotonic())
	return true
}

// Await goes to the next pass after End. It blocks until it is known when that begins, and
// returns false if ctx ends first.
func (p *Part) Await(ctx context.Context) bool { return p.await(ctx, nil) }

// AwaitUntil is Await with a limit, a time on CLOCK_MONOTONIC.
func (p *Part) AwaitUntil(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit - clock.Monotonic())
	defer timer.Stop()
	return p.await(ctx, timer.C)
}

// await is Await until limit gives something.
func (p *Part) await(ctx context.Context, limit <-chan time.Time) bool {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	for !p.next() {
		changed := p.line.changed
		p.of.mu.Unlock()
		look := time.NewTimer(standstill)
		over := false
		select {
		case <-changed:
		case <-look.C:
		case <-limit:
			over = true
		case <-ctx.Done():
			over = true
		}
		look.Stop()
		p.of.mu.Lock()
		if over {
			return p.next()
		}
	}
	return true
}

// Began returns when the present pass begins, with the first of all parts, and the pass before
// ends, on CLOCK_MONOTONIC; and whether other sources played that too. Next or Await must have
// gone to the present pass.
func (p *Part) Began() (at time.Duration, shared bool) {
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	return p.line.began, p.line.shared
}
