package supervisor

import (
	"context"
	"errors"
	"sync"
	"time"

	"av_capture/src/internal/access"
	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// firstRetry is the pause after the first failure. It doubles with every further one up to
// reconnect_interval: a loose cable costs a moment, and a device that is gone for good costs
// little CPU time.
const firstRetry = 100 * time.Millisecond

// ErrWithoutReason is the error of a source that ended without one.
var ErrWithoutReason = errors.New("ended without a reason")

// logger is the part of a node's logger that the supervisor uses.
type logger interface {
	Infof(format string, args ...any) error
	Errorf(format string, args ...any) error
}

// Supervisor keeps one source running, and replaces it by another.
type Supervisor struct {
	log     logger
	left    *Left  // calls that were left behind
	renewed func() // see New

	changes chan *change
	wake    chan struct{}   // ends the pause; has room for one
	over    <-chan struct{} // closed by end
	end     func()
	state   State

	mu       sync.Mutex
	off      bool                   // capture is off, or about to be
	interval time.Duration          // longest pause between two tries
	given    map[string]param.Value // real values of the source that opened last, by parameter; nil before

	// Only the goroutine of Run uses these, or while Run waits for a session that of the
	// session.
	logged  string        // the last failure in the log, where it is not repeated
	found   string        // the last absence that was not logged, as it was new
	pause   time.Duration // before the next try
	working bool          // the current source has not failed since it opened last, or ever
	wasOff  bool          // capture has been off since the last data from a source
}

// New returns a supervisor with a longest pause between two tries. It calls renewed when a
// source has opened again without a request; renewed must not block.
func New(log logger, interval time.Duration, renewed func()) *Supervisor {
	over, end := context.WithCancel(context.Background())
	return &Supervisor{
		over:     over.Done(),
		end:      end,
		log:      log,
		left:     NewLeft(log),
		renewed:  renewed,
		changes:  make(chan *change),
		wake:     make(chan struct{}, 1),
		interval: interval,
		pause:    firstRetry,
		working:  true, // until it has failed
	}
}

// SetInterval sets the longest pause between two tries and ends the present pause. Any
// goroutine may call it.
func (s *Supervisor) SetInterval(interval time.Duration) {
	s.mu.Lock()
	changed := s.interval != interval
	s.interval = interval
	s.mu.Unlock()
	if changed {
		select {
		case s.wake <- struct{}{}:
		default: // the pause ends anyway
		}
	}
}

func (s *Supervisor) longestPause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interval
}

// InForce returns the real values of the source that opened last, by parameter. Any goroutine
// may call it.
func (s *Supervisor) InForce() map[string]param.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given
}

// State returns the state of the source. Any goroutine may call it.
func (s *Supervisor) State() *State { return &s.state }

// WasOff reports whether capture has been off since the last data from a source. Only a
// session that has not called up yet may call it.
func (s *Supervisor) WasOff() bool { return s.wasOff }

// Left returns the count of calls that were left behind.
func (s *Supervisor) Left() *Left { return s.left }

// took stores the real values of a source and returns the former ones.
func (s *Supervisor) took(given map[string]param.Value) (before map[string]param.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.given = s.given, given
	return before
}

// Run keeps sessions running until ctx ends: the current one, and those that replace it. A
// source that has come to its end is not opened again, nor is one with a wrong configuration.
// Run also returns after End, with capture off.
func (s *Supervisor) Run(ctx context.Context, current Session) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.over:
			cancel()
		case <-ctx.Done():
		}
	}()
	s.run(ctx, current)
	select {
	case <-s.over:
		s.turnOff()
	default:
	}
}

// run is Run, until ctx ends.
func (s *Supervisor) run(ctx context.Context, current Session) {
	var trial *change       // to be tried instead of current
	ended := false          // current has come to its end, or will never open
	closed := s.state.Off() // until a change opens the source
	for {
		if trial != nil && trial.decided() {
			trial = nil // the caller gave up while the former session ended
		}
		if trial != nil && trial.aim == stop {
			closed, trial = s.stop(trial), nil
		}
		if closed {
			if current, trial = s.rested(ctx, current); ctx.Err() != nil {
				return
			}
			closed = false
		}
		if trial != nil || !ended {
			run := current
			if trial != nil && trial.aim == replace {
				run = trial.session
			}
			opened, next, err := s.once(ctx, run, trial)
			if trial != nil {
				if !opened && (ctx.Err() != nil || !s.refuse(trial, err)) {
					trial.settle("", ctx.Err())
					if ctx.Err() != nil {
						return
					}
					if closed = trial.aim == start; closed {
						s.turnOff()
					}
					trial = nil
					continue // with the former session
				}
				current, ended, trial = run, false, nil
				s.pause = firstRetry
			}
			if ctx.Err() != nil {
				return
			}
			if next != nil {
				trial = next
				continue
			}
			if errors.Is(err, media.ErrEnd) {
				s.state.end(err)
				s.log.Infof("%v; set loop to play it again and again", err)
				ended = true
			} else {
				s.working = false
				s.state.fail(err)
				s.report(err)
				ended = errors.Is(err, media.ErrMisconfigured)
			}
		}
		if trial = s.rest(ctx, ended); ctx.Err() != nil {
			return
		}
	}
}

// rest pauses before the next try, for ever if the source has come to its end. It returns early
// with a change.
func (s *Supervisor) rest(ctx context.Context, ended bool) *change {
	var over <-chan time.Time
	if !ended {
		timer := time.NewTimer(s.pause)
		defer timer.Stop()
		over = timer.C
		s.pause = min(2*s.pause, s.longestPause())
	}
	select {
	case <-ctx.Done():
		return nil
	case c := <-s.changes:
		return c
	case <-over:
	case <-s.wake:
	}
	return nil
}

// once runs a session until it ends, or until a change asks for another one, and returns that
// change when the session has ended. The session of a trial also ends when the caller gives
// up; opened reports whether the trial was accepted.
func (s *Supervisor) once(ctx context.Context, run Session, trial *change) (opened bool, next *change, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.state.begin()
	open := make(chan map[string]param.Value, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, func(given map[string]param.Value) {
			s.state.opened()
			open <- given
		}, s.up)
	}()

	changes := s.changes
	var givenUp <-chan struct{}
	tentative := trial != nil && trial.aim != resume
	if tentative {
		changes, givenUp = nil, trial.settled // one trial at a time
	}
	accept := func(given map[string]param.Value) bool {
		before := s.took(given)
		if trial != nil && !trial.settle("", nil) && tentative {
			s.took(before)
			return false
		}
		opened, s.working = true, true
		changes, givenUp = s.changes, nil
		if trial == nil || trial.aim != replace {
			s.renewed()
		}
		return true
	}
	for {
		select {
		case given := <-open:
			if !accept(given) {
				cancel()
				return false, nil, <-ended
			}
		case <-givenUp:
			cancel()
			return false, nil, <-ended
		case next = <-changes:
			cancel()
			return opened, next, <-ended
		case err = <-ended:
			select {
			case given := <-open: // it opened before it ended
				accept(given)
			default:
			}
			return opened, nil, err
		}
	}
}

// up notes that data have come from the source.
func (s *Supervisor) up() {
	s.state.up()
	if s.logged != "" {
		s.log.Infof("capturing again")
	}
	s.logged, s.found, s.pause, s.wasOff = "", "", firstRetry, false
}

// report logs a failure, unless it is the last one that was logged. After a failure, that the
// source is absent is logged when it is found twice: of what is plugged in again, links and
// names come one by one, and a list of what else there is changes with each.
func (s *Supervisor) report(err error) {
	if err == nil {
		err = ErrWithoutReason
	}
	text := access.Masked(err.Error())
	if text == s.logged {
		return
	}
	if s.logged != "" && absent(err) && text != s.found {
		s.found = text
		return
	}
	s.logged = text
	if errors.Is(err, ErrLeft) {
		return // it has been logged, with the cure
	}
	if errors.Is(err, media.ErrMisconfigured) {
		s.log.Errorf("%s; it %s", text, further(err))
		return
	}
	s.log.Errorf("%s; trying again until it works, at least every %v", text, s.longestPause())
}
