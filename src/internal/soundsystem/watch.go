package soundsystem

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"av_capture/src/internal/await"
)

const (
	// checkInterval is the time between two checks for callbacks.
	checkInterval = 250 * time.Millisecond

	// patience and warmUp are the checks without a callback after which a device is lost:
	// when it ran, and when it has just been started (a sound server may have to wake a
	// card up). Checks are counted rather than time, since a stopped process makes none, and
	// finds its sound waiting.
	patience = int(2 * time.Second / checkInterval)
	warmUp   = int(5 * time.Second / checkInterval)

	// answer bounds the time of a sound system for stopping or freeing a device, or for
	// opening one that is not wanted any more.
	answer = 2 * time.Second
)

// mostLeft bounds the openings that are left behind, each of which costs a thread.
const mostLeft = 4

// left counts the openings that are left behind.
var left atomic.Int32

// ErrNoAnswer means that the sound system hangs. The request goes on, and ends when it can.
var ErrNoAnswer = errors.New("the sound system does not answer, the device is left to it")

// Watch starts the device. It returns nil when ctx ends, and an error when its card is pulled
// out, or when there is no callback for two seconds, or for five at the beginning. The device
// may still run afterwards: [Stream.Stop] ends that. each is called four times a second, if it
// is not nil.
func (s *Stream) Watch(ctx context.Context, each func()) error {
	started := s.start()
	ticker := time.NewTicker(checkInterval)
	defer ticker.Stop()
	seen, silent, allowed := s.called(), 0, warmUp
	running := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.system.gone:
			return errors.New("unplugged")
		case err := <-started:
			if err != nil {
				return fmt.Errorf("start: %w", err)
			}
			running = true
			continue
		case <-ticker.C:
			if each != nil {
				each()
			}
		}
		if now := s.called(); now != seen {
			seen, silent, allowed = now, 0, patience
			continue
		}
		if silent++; silent >= allowed {
			return fmt.Errorf("no sound for %v", time.Duration(silent)*checkInterval)
		}
		if running && !s.device.IsStarted() {
			return errors.New("the sound system has stopped it")
		}
	}
}

// Close frees the device and the connection. It returns [ErrNoAnswer] if that takes longer than
// two seconds.
func (s *Stream) Close() error {
	free := func() error {
		s.Free()
		return nil
	}
	if !await.Do(free).Within(answer) {
		return ErrNoAnswer
	}
	return nil
}

// Stop ends the callbacks, unless that takes longer than two seconds: a device that is gone
// can only be freed.
func (s *Stream) Stop() {
	await.Do(s.stop).Within(answer)
}

// Await calls open on a goroutine of its own and returns its result, or ctx's error when
// ctx ends before. A device that is opened too late is discarded, and waited for: it is
// free when Await returns, for the next one to open it. A sound server that does not
// answer blocks Await for two seconds at most, and then the error is an [ErrNoAnswer] too.
func Await[T any](ctx context.Context, open func() (T, error), discard func(T)) (T, error) {
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	if count := left.Load(); count >= mostLeft {
		return none, fmt.Errorf("%d earlier calls have not come back: %w", count, ErrNoAnswer)
	}
	opening := await.Go(open)
	if opening.Until(ctx) {
		return opening.Result()
	}
	discarding := await.Do(func() error {
		opened, err := opening.Result()
		if err == nil {
			discard(opened)
		}
		return nil
	})
	if discarding.Within(answer) {
		return none, ctx.Err()
	}
	left.Add(1)
	discarding.Leave(func(struct{}, error) { left.Add(-1) })
	return none, fmt.Errorf("%w: %w", ctx.Err(), ErrNoAnswer)
}
