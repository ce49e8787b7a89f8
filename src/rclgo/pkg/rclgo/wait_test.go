package rclgo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// The domains of these tests. Two of them, so that contexts can be apart.
const (
	domain      = 41
	otherDomain = 42
)

// deadline is long after anything should have happened.
const deadline = time.Minute

// newContext returns a context that is closed when the test ends.
func newContext(t testing.TB, domainID uint, args ...string) *rclgo.Context {
	t.Helper()
	parsed, rest, err := rclgo.ParseArgs(args)
	if err != nil || len(rest) > 0 {
		t.Fatalf("ParseArgs(%q) = %q, %v", args, rest, err)
	}
	c, err := rclgo.NewContextWithOpts(parsed, &rclgo.ContextOptions{DomainID: domainID})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close context: %v", err)
		}
	})
	return c
}

func newNode(t testing.TB, c *rclgo.Context, name string) *rclgo.Node {
	t.Helper()
	n, err := c.NewNode(name, "")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// spin runs a spin until the test ends, or stop is called.
func spin(t testing.TB, run func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	stopped := false
	stop = func() {
		t.Helper()
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := receive(t, done); !errors.Is(err, context.Canceled) {
			t.Errorf("spin: got %v, want %v", err, context.Canceled)
		}
	}
	t.Cleanup(stop)
	return stop
}

// receive returns the next value of ch, or ends the test.
func receive[T any](t testing.TB, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(deadline):
		t.Fatal("nothing arrived")
		panic("unreachable")
	}
}

// eventually waits until condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(deadline); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: did not happen", what)
		}
	}
}

// matched waits until p has n subscriptions.
func matched(t testing.TB, p *rclgo.Publisher, n int) {
	t.Helper()
	eventually(t, "matching subscriptions", func() bool {
		count, err := p.GetSubscriptionCount()
		if err != nil {
			t.Fatal(err)
		}
		return count == n
	})
}

// wantError fails the test unless err is of type E.
func wantError[E error](t testing.TB, what string, err error) {
	t.Helper()
	var want E
	if !errors.As(err, &want) {
		t.Errorf("%s: got %v (%T), want a %T", what, err, err, want)
	}
}
