package soundsystem

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// look is how often the watchdog looks for callbacks.
	look = 250 * time.Millisecond

	// patience and warmUp are the looks without a callback after which a
	// device is lost: when it ran, and when it has just been started (a sound
	// server may have to wake a card up). Looks are counted rather than time:
	// a process that was stopped for a while has not looked, and the sound
	// that waits for it is not late.
	patience = int(2 * time.Second / look)
	warmUp   = int(5 * time.Second / look)

	// answer is how long a sound system may take to stop or free a device, or to
	// open one that nobody wants any more.
	answer = 2 * time.Second
)

// ErrNoAnswer says that the sound system does not answer. What was asked of it
// goes on, and ends when it can.
var ErrNoAnswer = errors.New("the sound system does not answer, the device is left to it")

// Watch starts the device. It returns nil when ctx ends, and an error when its
// card is pulled out, or when callbacks stay out: for two seconds, or five at the
// beginning. The device may go on after it: [Stream.Stop] ends that.
func (s *Stream) Watch(ctx context.Context) error {
	started := s.start()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	seen, silent, allowed := s.callbacks.Load(), 0, warmUp
	running := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.system.gone:
			return errors.New("the sound card is gone")
		case err := <-started:
			if err != nil {
				return fmt.Errorf("start: %w", err)
			}
			running = true
			continue
		case <-ticker.C:
		}
		if now := s.callbacks.Load(); now != seen {
			seen, silent, allowed = now, 0, patience
			continue
		}
		if silent++; silent >= allowed {
			return fmt.Errorf("no sound for %v", time.Duration(silent)*look)
		}
		if running && !s.device.IsStarted() {
			return errors.New("the sound system has stopped it")
		}
	}
}

// Close gives the device back, and the connection. It returns [ErrNoAnswer] if
// that takes longer than two seconds.
func (s *Stream) Close() error {
	if !within(answer, s.Free) {
		return ErrNoAnswer
	}
	return nil
}

// Stop ends the callbacks, unless that takes longer than two seconds: a device
// that has gone cannot be stopped, only freed.
func (s *Stream) Stop() {
	within(answer, func() { _ = s.stop() })
}

// Await calls open on a goroutine of its own and returns its result, or ctx's
// error when ctx ends before. What is opened too late is discarded, and waited for:
// the device is free when Await returns, for whoever opens it next. A sound server
// that does not answer holds up open for as long as it likes, but Await for no
// longer than two seconds, and then the error is an [ErrNoAnswer] too.
func Await[T any](ctx context.Context, open func() (T, error), discard func(T)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	type result struct {
		opened T
		err    error
	}
	results := make(chan result, 1)
	go func() {
		opened, err := open()
		results <- result{opened, err}
	}()
	select {
	case r := <-results:
		return r.opened, r.err
	case <-ctx.Done():
	}
	late := func() {
		if r := <-results; r.err == nil {
			discard(r.opened)
		}
	}
	if !within(answer, late) {
		return none, fmt.Errorf("%w: %w", ctx.Err(), ErrNoAnswer)
	}
	return none, ctx.Err()
}

// within runs f and waits for it at most so long. It reports whether f ended;
// otherwise f goes on by itself.
func within(limit time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
