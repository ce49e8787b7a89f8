package supervisor

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// Session opens a source once and publishes its data, until it fails or ctx ends. It calls
// opened when the source is open, with its real values by parameter, and up when data have
// come from it. It returns why it ended.
type Session func(ctx context.Context, opened func(map[string]param.Value), up func()) error

// Errors of a source that could not be replaced in time.
var (
	errSlow   = errors.New("the source has not opened in time: the one of before is opened again")
	errEnded  = errors.New("the source ended at once")
	errOver   = errors.New("capture has ended for good: start the process again")
	errClosed = errors.New("the source of before is still being opened or closed: try again")
)

// aim is the purpose of a change.
type aim int

const (
	replace aim = iota // go on with another session
	stop               // close the source until resume or start
	resume             // open it again, as often as it takes
	start              // open it again, or leave it closed if that fails
	try                // open it and close it
)

// change is a request to a supervisor.
type change struct {
	aim     aim
	session Session // of replace

	mu      sync.Mutex
	settled chan struct{} // closed once the outcome is decided
	remark  string        // of a success
	err     error         // of a failure
}

// settle decides the outcome, unless it is decided already, and reports whether it did: the
// caller may have given up at the same moment.
func (c *change) settle(remark string, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.decided() {
		return false
	}
	c.remark, c.err = remark, err
	close(c.settled)
	return true
}

// decided reports whether the outcome is decided.
func (c *change) decided() bool {
	select {
	case <-c.settled:
		return true
	default:
		return false
	}
}

// Replace ends the session that runs and goes on with another one, if its source opens before
// ctx ends; otherwise the former source is opened again and Replace fails. If the former
// source did not work either, an absent source is accepted, with a remark. Replace fails at
// once while too many calls of sources are left behind. One goroutine at a time may call it,
// while Run runs.
func (s *Supervisor) Replace(ctx context.Context, with Session) (remark string, err error) {
	if count := s.left.sources(); count >= mostOfNode {
		return "", fmt.Errorf("%d calls of sources hang and are left behind, no further source is tried until some of them have come back: the present one goes on", count)
	}
	return s.ask(ctx, &change{aim: replace, session: with}, errSlow)
}

// ask passes a change to Run and waits until its outcome is decided. When ctx ends first, that
// is a failure, with the error late.
func (s *Supervisor) ask(ctx context.Context, c *change, late error) (string, error) {
	c.settled = make(chan struct{})
	select {
	case s.changes <- c:
	case <-s.over:
		return "", errOver
	case <-ctx.Done():
		return "", errClosed
	}
	select {
	case <-c.settled:
	case <-s.over:
		c.settle("", errOver)
	case <-ctx.Done():
		c.settle("", late)
	}
	return c.remark, c.err
}

// refuse answers a change whose source did not open. It accepts the change if that makes
// nothing worse, and reports whether it did.
func (s *Supervisor) refuse(c *change, err error) (accepted bool) {
	if err == nil {
		err = errEnded
	}
	switch c.aim {
	case resume:
		s.answerResume(c, err)
		return true
	case start:
		c.settle("", err)
		return false
	}
	if !s.working && absent(err) {
		// It comes before the answer, since the caller then reads it.
		before := s.took(nil)
		if c.settle(fmt.Sprintf("accepted, and will be tried until it works: %v", err), nil) {
			return true
		}
		s.took(before)
		return false
	}
	c.settle("", err)
	return false
}

// absent reports whether a source that failed may open later with the same parameters.
func absent(err error) bool {
	for _, cause := range []error{media.ErrAbsent, media.ErrBusy, media.ErrLost, media.ErrUnknownDevice} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
