package acquire_test

import (
	"context"
	"errors"
	"testing"

	"av_capture/src/internal/acquire"
)

// counter is a source that counts its calls, and whose Open fails with err.
type counter struct {
	opened, ran, closed int
	err                 error
}

func (c *counter) Open(context.Context) (string, error) {
	c.opened++
	return "format", c.err
}

func (c *counter) Run(_ context.Context, emit func(int)) error {
	c.ran++
	emit(c.ran)
	return nil
}

func (c *counter) Close() error {
	c.closed++
	return nil
}

func TestCallsInOrderReachTheSource(t *testing.T) {
	source := &counter{}
	checked := acquire.Check(source)
	for n := 1; n <= 3; n++ {
		if format, err := checked.Open(t.Context()); format != "format" || err != nil {
			t.Errorf("Open: got %q, %v", format, err)
		}
		got := 0
		if err := checked.Run(t.Context(), func(i int) { got = i }); err != nil || got != n {
			t.Errorf("Run: got %d, %v", got, err)
		}
		for range 2 {
			if err := checked.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if *source != (counter{opened: 3, ran: 3, closed: 6}) {
		t.Errorf("got the calls %+v", *source)
	}
}

func TestCallsOutOfOrderAreRefused(t *testing.T) {
	source := &counter{err: errors.New("absent")}
	checked := acquire.Check(source)
	refused := func(when string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s: got nil, want an error", when)
		}
	}
	emit := func(int) {}
	refused("Run before Open", checked.Run(t.Context(), emit))
	_, err := checked.Open(t.Context())
	refused("Open that fails", err)
	refused("Run after an Open that failed", checked.Run(t.Context(), emit))
	source.err = nil
	if _, err := checked.Open(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = checked.Open(t.Context())
	refused("Open of an open source", err)
	if err := checked.Run(t.Context(), emit); err != nil {
		t.Error(err)
	}
	refused("second Run", checked.Run(t.Context(), emit))
	if err := checked.Close(); err != nil {
		t.Error(err)
	}
	refused("Run after Close", checked.Run(t.Context(), emit))
	if *source != (counter{opened: 2, ran: 1, closed: 1}) {
		t.Errorf("got the calls %+v", *source)
	}
}
