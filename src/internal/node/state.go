package node

import "sync"

// phase is how far a source has come.
type phase int

const (
	opening phase = iota // nothing has arrived yet since it was opened, if it was
	running
	failing // the last try failed, and the next one follows
	ended   // the source has given all it has
	off     // nobody wants anything of it
)

// sourceState is how a node's source fares, as its supervisor sees it. Any
// goroutine may use it.
type sourceState struct {
	mu         sync.Mutex
	phase      phase
	reason     error // why it is failing or ended
	ran        bool  // something has arrived from this source or one before
	failed     bool  // it has failed since something arrived
	reconnects int   // how often something arrived again after a failure
}

// opened notes that the source is open.
func (s *sourceState) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason = opening, nil
}

// up notes that something has arrived. It may be called again with everything
// that arrives.
func (s *sourceState) up() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase == running {
		return
	}
	if s.ran && s.failed {
		s.reconnects++
	}
	s.phase, s.reason, s.ran, s.failed = running, nil, true, false
}

// fail notes that the source failed and will be tried again.
func (s *sourceState) fail(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason, s.failed = failing, reason, true
}

// end notes that the source has given all it has.
func (s *sourceState) end(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason = ended, reason
}

// close notes that the source is closed because nobody wants it.
func (s *sourceState) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason = off, nil
}

// reopen notes that the source is wanted again.
func (s *sourceState) reopen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = opening
}

// trouble returns the end of a sentence that says why nothing comes from the
// source, or nothing.
func (s *sourceState) trouble() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reason == nil {
		return ""
	}
	return ": " + s.reason.Error()
}

// get returns what was noted.
func (s *sourceState) get() (_ phase, reconnects int, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase, s.reconnects, s.reason
}
