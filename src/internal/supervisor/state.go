package supervisor

import "sync"

// Phase is the state of a source.
type Phase int

const (
	Opening Phase = iota // it is being opened, or no data have come yet
	Running
	Failing // the last try failed; the next one follows, unless the configuration is wrong
	Ended   // the source has come to its end
	Off     // capture is off
)

// State is the state of a node's source. Any goroutine may use it.
type State struct {
	mu         sync.Mutex
	phase      Phase
	reason     error // why it is failing or ended
	open       bool
	ran        bool // data have come from this source or an earlier one
	failed     bool // it has failed since data came
	reconnects int  // how often data came again after a failure
}

// begin notes that the source is about to be opened.
func (s *State) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = false
}

// opened notes that the source is open.
func (s *State) opened() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason, s.open = Opening, nil, true
}

// up notes that data have come. It may be called again with all further data.
func (s *State) up() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.phase == Running {
		return
	}
	if s.ran && s.failed {
		s.reconnects++
	}
	s.phase, s.reason, s.ran, s.failed = Running, nil, true, false
}

// fail notes that the source failed.
func (s *State) fail(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason, s.failed, s.open = Failing, reason, true, false
}

// end notes that the source has come to its end.
func (s *State) end(reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason, s.open = Ended, reason, false
}

// close notes that capture is off.
func (s *State) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase, s.reason, s.open = Off, nil, false
}

// reopen notes that capture is on again.
func (s *State) reopen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.phase = Opening
}

// Off reports whether capture is off.
func (s *State) Off() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase == Off
}

// Open reports whether the source is open, and why it is failing or ended.
func (s *State) Open() (open bool, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open, s.reason
}

// Get returns the phase, its reason, and how often data came again after a failure.
func (s *State) Get() (_ Phase, reconnects int, reason error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase, s.reconnects, s.reason
}
