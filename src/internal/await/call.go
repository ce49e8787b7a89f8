// Package await makes calls that may never return, as of a driver or a disk that hangs.
// Each runs on a goroutine of its own; its caller waits for as long as it likes, and then
// leaves the call behind.
package await

import (
	"context"
	"time"
)

// Call is a call under way, or one that has returned. Any goroutine may use it.
type Call[T any] struct {
	begun time.Time
	done  chan struct{} // closed when it has returned
	value T
	err   error
}

// Go calls f on a goroutine of its own.
func Go[T any](f func() (T, error)) *Call[T] {
	c := &Call[T]{begun: time.Now(), done: make(chan struct{})}
	go func() {
		defer close(c.done)
		c.value, c.err = f()
	}()
	return c
}

// Do is Go for a function without a result.
func Do(f func() error) *Call[struct{}] {
	return Go(func() (struct{}, error) { return struct{}{}, f() })
}

// Begun returns when the call began.
func (c *Call[T]) Begun() time.Time { return c.begun }

// Done is closed when the call has returned.
func (c *Call[T]) Done() <-chan struct{} { return c.done }

// Result returns the call's result. It blocks until the call has returned.
func (c *Call[T]) Result() (T, error) {
	<-c.done
	return c.value, c.err
}

// Err returns the call's error. It blocks until the call has returned.
func (c *Call[T]) Err() error {
	<-c.done
	return c.err
}

// Within waits for the call no longer than a limit, and reports whether it has returned.
func (c *Call[T]) Within(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-c.done:
		return true
	case <-timer.C:
		return c.returned()
	}
}

// Until waits for the call until ctx ends, and reports whether it has returned.
func (c *Call[T]) Until(ctx context.Context) bool {
	select {
	case <-c.done:
		return true
	case <-ctx.Done():
		return c.returned()
	}
}

// returned reports whether the call has returned. A limit that ends at the same moment
// does not count.
func (c *Call[T]) returned() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// Leave leaves the call behind: settle gets its result when it returns after all, on a
// goroutine of its own.
func (c *Call[T]) Leave(settle func(T, error)) {
	go func() { settle(c.Result()) }()
}
