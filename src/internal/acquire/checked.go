package acquire

import (
	"context"
	"errors"
)

// Checked is a source whose calls out of order are errors. Package supervisor calls sources
// by it, and so do the tests that run them: sources need no such checks.
type Checked[F, D any] struct {
	source Source[F, D]
	opened bool // since Close
	ran    bool // since Open
}

// Check returns the Checked of a source that is closed.
func Check[F, D any](source Source[F, D]) *Checked[F, D] { return &Checked[F, D]{source: source} }

// Open implements [Source].
func (c *Checked[F, D]) Open(ctx context.Context) (F, error) {
	var none F
	if c.opened {
		return none, errors.New("open: already open")
	}
	format, err := c.source.Open(ctx)
	c.opened, c.ran = err == nil, false
	return format, err
}

// Run implements [Source].
func (c *Checked[F, D]) Run(ctx context.Context, emit func(D)) error {
	switch {
	case !c.opened:
		return errors.New("run: not open")
	case c.ran:
		return errors.New("run: not opened again since the last run")
	}
	c.ran = true
	return c.source.Run(ctx, emit)
}

// Close implements [Source].
func (c *Checked[F, D]) Close() error {
	c.opened = false
	return c.source.Close()
}
