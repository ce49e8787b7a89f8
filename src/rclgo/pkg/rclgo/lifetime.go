package rclgo

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

// liveObjects counts the C objects that have been created and not destroyed.
var liveObjects atomic.Int64

// lifetime keeps the C object behind a Go object alive until it is closed and the
// last user has gone. Users are calls in progress, wait sets that wait for it, and
// the objects that it owns.
type lifetime struct {
	mu        sync.Mutex
	users     int
	destroy   func() error  // frees the C object
	closing   chan struct{} // closed when Close begins: no new users from then on
	destroyed chan struct{} // closed after destroy
	err       error         // of destroy; read after destroyed
}

// init begins the life of a C object that destroy frees.
func (l *lifetime) init(destroy func() error) {
	liveObjects.Add(1)
	l.destroy = destroy
	l.closing = make(chan struct{})
	l.destroyed = make(chan struct{})
}

func (l *lifetime) isClosed() bool {
	select {
	case <-l.closing:
		return true
	default:
		return false
	}
}

// acquire keeps the C object alive until release, or returns false if it is
// closed. It never blocks on a Close in progress, so that a callback may use an
// object that another goroutine is closing.
func (l *lifetime) acquire() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.isClosed() {
		return false
	}
	l.users++
	return true
}

// release ends an acquire. The last one out destroys.
func (l *lifetime) release() {
	l.mu.Lock()
	l.users--
	last := l.users == 0 && l.isClosed()
	l.mu.Unlock()
	if last {
		l.err = l.destroy()
		liveObjects.Add(-1)
		close(l.destroyed)
	}
}

// beginClose stops new users and calls wake, which makes the present ones stop.
// It returns false, and does not call wake, if the lifetime was closed before.
func (l *lifetime) beginClose(wake func()) bool {
	l.mu.Lock()
	if l.isClosed() {
		l.mu.Unlock()
		return false
	}
	close(l.closing)
	l.users++ // so that the C object outlives wake
	l.mu.Unlock()
	wake()
	l.release()
	return true
}

// close is beginClose, then waits until the C object is destroyed and returns
// the error of that. Inside a callback it does not wait, since the callback
// itself may be the user.
func (l *lifetime) close(wake func()) error {
	first := l.beginClose(wake)
	if onSpinThread() {
		select {
		case <-l.destroyed:
		default:
			return nil
		}
	}
	<-l.destroyed
	if first {
		return l.err
	}
	return nil
}

// family holds the children of an owner, in the order of creation.
type family struct {
	mu      sync.Mutex
	closed  bool
	members []io.Closer
}

// add returns false if the owner is being closed already.
func (f *family) add(member io.Closer) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	f.members = append(f.members, member)
	return true
}

func (f *family) remove(member io.Closer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := slices.Index(f.members, member); i >= 0 {
		f.members = slices.Delete(f.members, i, i+1)
	}
}

// snapshot returns the members of this moment.
func (f *family) snapshot() []io.Closer {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.members)
}

// close closes the members, the youngest first, and refuses new ones.
func (f *family) close() []error {
	f.mu.Lock()
	f.closed = true
	members := slices.Clone(f.members)
	f.mu.Unlock()
	var errs []error
	for _, member := range slices.Backward(members) {
		errs = append(errs, member.Close())
	}
	return errs
}
