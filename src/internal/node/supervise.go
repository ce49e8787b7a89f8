package node

import (
	"context"
	"errors"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// firstRetry is the pause after the first failure. It doubles with every
// further one up to reconnect_interval: a cable that slipped for a moment costs
// a moment, and a device that is gone for good costs next to nothing.
const firstRetry = 100 * time.Millisecond

// errWithoutReason stands for a source that ended and should not have.
var errWithoutReason = errors.New("ended without a reason")

// logger is what the supervisor needs of a node's logger.
type logger interface {
	Infof(format string, args ...any) error
	Errorf(format string, args ...any) error
}

// supervisor keeps one source running, whatever it is, and exchanges it for
// another: it is the only place that retries.
type supervisor struct {
	log     logger
	renewed func() // called when a source has opened again by itself; must not block

	changes chan *change
	wake    chan struct{} // has room for one: the pause is over
	state   sourceState

	mu       sync.Mutex
	off      bool                   // capture is, or is about to be
	interval time.Duration          // longest pause between two tries
	given    map[string]param.Value // what the source gives that opened last, by parameter; nil before

	// Only the goroutine of run uses what follows, and while it waits for a
	// session that of the session.
	said    string        // the failure that was logged last: each is logged once
	pause   time.Duration // before the next try
	working bool          // the current source has not failed since it opened last, or ever
	wasOff  bool          // capture has been off since something came from a source last
}

func newSupervisor(log logger, interval time.Duration, renewed func()) *supervisor {
	return &supervisor{
		log:      log,
		renewed:  renewed,
		changes:  make(chan *change),
		wake:     make(chan struct{}, 1),
		interval: interval,
		pause:    firstRetry,
		working:  true, // until it has failed
	}
}

// setInterval sets the longest pause between two tries and ends the present
// one. Any goroutine may call it.
func (s *supervisor) setInterval(interval time.Duration) {
	s.mu.Lock()
	changed := s.interval != interval
	s.interval = interval
	s.mu.Unlock()
	if changed {
		select {
		case s.wake <- struct{}{}:
		default: // it wakes anyway
		}
	}
}

func (s *supervisor) longestPause() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interval
}

// inForce returns what the source gives that opened last, by parameter. Any
// goroutine may call it.
func (s *supervisor) inForce() map[string]param.Value {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.given
}

// took notes what a source gives and returns what was noted before.
func (s *supervisor) took(given map[string]param.Value) (before map[string]param.Value) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.given = s.given, given
	return before
}

// run keeps sessions running until ctx ends: the current one, and those that
// replace it. A source that has given all it has is left at that.
func (s *supervisor) run(ctx context.Context, current session) {
	var trial *change // to be tried instead of current
	ended := false    // current has given all it has
	for {
		if trial != nil && trial.decided() {
			trial = nil // given up while the session of before came to its end
		}
		if trial != nil && trial.aim == stop {
			current, trial = s.stopped(ctx, current, trial)
			if ctx.Err() != nil {
				return
			}
		}
		if trial != nil || !ended {
			run := current
			if trial != nil && trial.aim == exchange {
				run = trial.session
			}
			opened, next, err := s.once(ctx, run, trial)
			if trial != nil {
				if !opened && (ctx.Err() != nil || !s.refuse(trial, err)) {
					trial.settle("", ctx.Err())
					trial = nil
					if ctx.Err() != nil {
						return
					}
					continue // with what was before
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
			if errors.Is(err, acquire.ErrEnd) {
				s.state.end(err)
				s.log.Infof("%v; set loop to play it again and again", err)
				ended = true
			} else {
				s.working = false
				s.state.fail(err)
				s.report(err)
			}
		}
		if trial = s.rest(ctx, ended); ctx.Err() != nil {
			return
		}
	}
}

// rest waits until the current session is to be tried again, without end if it
// has ended for good, and returns early with a change.
func (s *supervisor) rest(ctx context.Context, ended bool) *change {
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

// once runs a session until it ends, or until a change asks for another, which
// it returns when the session has ended. The session of a trial comes to its
// end too when the one who asked for it gives up; opened says whether the trial
// was accepted.
func (s *supervisor) once(ctx context.Context, run session, trial *change) (opened bool, next *change, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
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
	exchanging := trial != nil && trial.aim == exchange
	if exchanging {
		changes, givenUp = nil, trial.settled // one at a time
	}
	accept := func(given map[string]param.Value) bool {
		before := s.took(given)
		if trial != nil && !trial.settle("", nil) && exchanging {
			s.took(before)
			return false
		}
		opened, s.working = true, true
		changes, givenUp = s.changes, nil
		if !exchanging {
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
			case given := <-open: // it did open before
				accept(given)
			default:
			}
			return opened, nil, err
		}
	}
}

// up says that something has come from the source.
func (s *supervisor) up() {
	s.state.up()
	if s.said != "" {
		s.log.Infof("capturing again")
	}
	s.said, s.pause, s.wasOff = "", firstRetry, false
}

// report logs a failure, unless it is the one that was logged last.
func (s *supervisor) report(err error) {
	if err == nil {
		err = errWithoutReason
	}
	text := err.Error()
	if text == s.said {
		return
	}
	s.said = text
	s.log.Errorf("%s; trying again until it works, at least every %v", text, s.longestPause())
}
