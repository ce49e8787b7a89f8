package supervisor

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// SetCapture closes the source, or opens it again, and returns the outcome in words when it is
// known or ctx ends. Parameters can be changed while the source is closed. One goroutine at a
// time may call SetCapture or Replace, while Run runs.
func (s *Supervisor) SetCapture(ctx context.Context, on bool) (message string, err error) {
	s.mu.Lock()
	changed := s.off == on
	s.mu.Unlock()
	switch {
	case !changed && on:
		return s.already()
	case !changed:
		return "capture is off already", nil
	case on:
		message, err = s.ask(ctx, &change{aim: resume}, errNotYet)
		if message == "" {
			message = "capture is on, the device is open"
		}
	default:
		_, err = s.ask(ctx, &change{aim: stop}, errors.New("capture stays on: the source is still being closed, try again"))
		message = s.captureIsOff()
	}
	return message, err
}

// StartOff has Run begin with capture off. It must be called before Run.
func (s *Supervisor) StartOff() { s.turnOff() }

// Start turns capture on, unless the source does not open before ctx ends: then capture stays
// off. It is called as SetCapture is, while capture is off.
func (s *Supervisor) Start(ctx context.Context) error {
	_, err := s.ask(ctx, &change{aim: start}, errNotInTime)
	return err
}

// Try opens the source and closes it again before any data come, so that parameters that it
// cannot have are known. It is called as SetCapture is, while capture is off.
func (s *Supervisor) Try(ctx context.Context) error {
	_, err := s.ask(ctx, &change{aim: try}, errNotInTime)
	return err
}

// End turns capture off for good, and returns at once: the source is closed as soon as it can
// be. Any goroutine may call it. Nothing can be changed any more.
func (s *Supervisor) End() { s.end() }

// errNotInTime is the error of a source that is opened once only.
var errNotInTime = errors.New("the device has not opened in time")

// captureIsOff returns the message of capture that is off, and whether the device is free.
func (s *Supervisor) captureIsOff() string {
	if s.left.MayHoldDevice() {
		return "capture is off; a call that hangs may still hold the device"
	}
	return "capture is off, the device is free"
}

// errNotYet means that capture is on, but the device is not open yet.
var errNotYet = errors.New("capture is on, but the device has not opened yet: it is still being tried")

// already returns the answer to turning capture on while it is on.
func (s *Supervisor) already() (message string, err error) {
	open, reason := s.state.Open()
	switch {
	case reason == nil && !open:
		return "", errNotYet
	case reason != nil && !errors.Is(reason, media.ErrEnd) && !absent(reason):
		return "", fmt.Errorf("capture is on already, but the device does not open and %s: %w", further(reason), reason)
	case reason != nil:
		return fmt.Sprintf("capture is on already: %v", reason), nil
	}
	return "capture is on already", nil
}

// answerResume answers the change that turned capture on, whose source did not open. The
// supervisor tries again, unless the configuration is wrong.
func (s *Supervisor) answerResume(c *change, err error) {
	switch {
	case absent(err):
		c.settle(fmt.Sprintf("capture is on, the device is taken when it comes: %v", err), nil)
	default:
		c.settle("", fmt.Errorf("capture is on, but the device does not open and %s: %w", further(err), err))
	}
}

// further says of a device that does not open whether it is tried again.
func further(err error) string {
	if errors.Is(err, media.ErrMisconfigured) {
		return "is not tried again with these parameters"
	}
	return "is tried again"
}

// stop answers the change that stops capture, whose session has ended, and reports whether
// capture is off; it is not if the caller has given up before.
func (s *Supervisor) stop(c *change) (off bool) {
	s.setOff(true)
	if !c.settle("", nil) {
		s.setOff(false)
		return false
	}
	s.turnOff()
	s.log.Infof("%s", s.captureIsOff())
	return true
}

// turnOff notes that capture is off, and that nothing that failed before matters any more.
func (s *Supervisor) turnOff() {
	s.setOff(true)
	s.state.close()
	s.logged, s.found, s.pause, s.wasOff = "", "", firstRetry, true
}

// rested waits, while capture is off, for the change that turns it on. It returns that with the
// session that is the current one by then; no change if ctx ends.
func (s *Supervisor) rested(ctx context.Context, current Session) (Session, *change) {
	for {
		var c *change
		select {
		case <-ctx.Done():
			return current, nil
		case c = <-s.changes:
		}
		switch c.aim {
		case replace:
			// It comes before the answer, since the caller then reads it.
			before := s.took(nil)
			if c.settle("accepted, capture is off", nil) {
				current = c.session
			} else {
				s.took(before)
			}
		case stop:
			c.settle("", nil)
		case try:
			c.settle("", s.try(ctx, current, c.settled))
		case resume, start:
			s.setOff(false)
			s.state.reopen()
			return current, c
		}
	}
}

// try opens the source of a session and closes it again, at the latest when givenUp is closed.
// It returns why the source did not open.
func (s *Supervisor) try(ctx context.Context, run Session, givenUp <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-givenUp:
			cancel()
		case <-ctx.Done():
		}
	}()
	opened := false
	err := run(ctx, func(given map[string]param.Value) {
		opened = true
		s.took(given)
		cancel() // before any data come
	}, func() {})
	switch {
	case opened:
		s.renewed()
		return nil
	case err == nil:
		return errEnded
	}
	return err
}

func (s *Supervisor) setOff(off bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = off
}
