package node

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// session opens a source once and publishes what it gives, until it fails or
// ctx ends. It calls opened when the source is open, with what it really gives,
// by parameter, and up when something has come from it. It returns why it ended.
type session func(ctx context.Context, opened func(map[string]param.Value), up func()) error

// Why a source could not be exchanged in time.
var (
	errSlow   = errors.New("the source has not opened in time: the one of before is opened again")
	errClosed = errors.New("the source of before is still being opened or closed: try again")
)

// aim is what a change is to bring about.
type aim int

const (
	exchange aim = iota // to go on with another session
	stop                // to close the source until resume
	resume              // to open it again
)

// change asks a supervisor for something.
type change struct {
	aim     aim
	session session // of exchange

	mu      sync.Mutex
	settled chan struct{} // closed once the outcome is decided
	remark  string        // of a success
	err     error         // why not
}

// settle decides the outcome, unless it is decided already, and says whether it
// did: the one who asked may have given up at the same moment.
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

// decided says whether the outcome is decided.
func (c *change) decided() bool {
	select {
	case <-c.settled:
		return true
	default:
		return false
	}
}

// replace ends the session that runs and goes on with another one, if its
// source opens before ctx ends; else the former source is opened again and the
// error says why. Where the former source did not work either, one that is
// absent is accepted all the same, with a remark. One goroutine at a time may
// call it, while run runs.
func (s *supervisor) replace(ctx context.Context, with session) (remark string, err error) {
	return s.ask(ctx, &change{aim: exchange, session: with}, "", errSlow)
}

// ask hands a change to run and waits until its outcome is decided. It decides
// it by itself when ctx ends.
func (s *supervisor) ask(ctx context.Context, c *change, remark string, late error) (string, error) {
	c.settled = make(chan struct{})
	select {
	case s.changes <- c:
	case <-ctx.Done():
		return "", errClosed
	}
	select {
	case <-c.settled:
	case <-ctx.Done():
		c.settle(remark, late)
	}
	return c.remark, c.err
}

// refuse answers a change whose source did not open, or accepts it where it
// makes nothing worse, and says whether it did.
func (s *supervisor) refuse(c *change, err error) (accepted bool) {
	if err == nil {
		err = errors.New("the source ended at once")
	}
	if c.aim == resume {
		s.answerResume(c, err)
		return true
	}
	if !s.working && absent(err) {
		// Before the answer, since the one who asked goes on with it.
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

// absent says whether a source that failed may open later without a change of
// parameters.
func absent(err error) bool {
	for _, cause := range []error{acquire.ErrAbsent, acquire.ErrBusy, acquire.ErrLost, acquire.ErrUnknownDevice} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}
