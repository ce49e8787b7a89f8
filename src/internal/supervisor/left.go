package supervisor

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

// Bounds of the calls that are left behind. Each costs a thread, and the resources that
// the source has taken by then.
const (
	// mostOfSource bounds the calls of one source. Then the source is not opened again until
	// one of them comes back.
	mostOfSource = 4

	// mostOfNode bounds the calls of all sources of a node. Then no source is replaced by
	// another, and the present one goes on.
	mostOfNode = 8
)

// kind is the resources that a call keeps.
type kind int

const (
	ofDisk    kind = iota // none of a source
	ofControl             // a device, by a request for controls
	ofSource              // all of a source
)

// ErrLeft means that a call of a source hangs and was left behind, which has been logged.
var ErrLeft = errors.New("left behind")

// Left counts the calls of a node that were left behind, mostly of its sources. Any goroutine
// may use it.
type Left struct {
	log logger

	mu    sync.Mutex
	calls map[*leftCall]struct{}
}

// leftCall is a call that was left behind.
type leftCall struct {
	what  string    // as in `opening the source "x.wav"`
	since time.Time // when it began
	kind  kind
}

// NewLeft returns an empty count.
func NewLeft(log logger) *Left { return &Left{log: log, calls: map[*leftCall]struct{}{}} }

// Add counts and logs a call of a disk that was left behind, and began at since. what is as in
// `writing a snippet`; cure tells people what to do. back notes and logs that the call has
// come back.
func (l *Left) Add(what string, since time.Time, cure string) (back func()) {
	return l.add(ofDisk, what, since, cure)
}

// add is Add for a call of any kind.
func (l *Left) add(kind kind, what string, since time.Time, cure string) (back func()) {
	c := &leftCall{what, since, kind}
	l.mu.Lock()
	l.calls[c] = struct{}{}
	count := len(l.calls)
	l.mu.Unlock()
	l.log.Errorf("%s hangs since %s, for %v by now, and is left behind (%d so far): %s",
		what, since.Format(time.TimeOnly), time.Since(since).Round(100*time.Millisecond), count, cure)
	return func() {
		l.mu.Lock()
		delete(l.calls, c)
		l.mu.Unlock()
		l.log.Infof("%s has come back after %v", what, time.Since(since).Round(100*time.Millisecond))
	}
}

// Count returns the number of calls that have not come back.
func (l *Left) Count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)
}

// sources returns the number of calls of sources that have not come back.
func (l *Left) sources() int { return l.count(func(k kind) bool { return k == ofSource }) }

// MayHoldDevice reports whether one of the calls may keep a device open.
func (l *Left) MayHoldDevice() bool { return l.count(func(k kind) bool { return k != ofDisk }) > 0 }

// count returns the number of calls of some kinds that have not come back.
func (l *Left) count(counts func(kind) bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := 0
	for c := range l.calls {
		if counts(c.kind) {
			count++
		}
	}
	return count
}

// String describes the calls for people, as in
// `2, the oldest is opening the source "x.wav" since 12:03:05`.
func (l *Left) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var oldest *leftCall
	for c := range l.calls {
		if oldest == nil || c.since.Before(oldest.since) {
			oldest = c
		}
	}
	if oldest == nil {
		return "0"
	}
	return fmt.Sprintf("%d, the oldest is %s since %s", len(l.calls), oldest.what, oldest.since.Format(time.TimeOnly))
}
