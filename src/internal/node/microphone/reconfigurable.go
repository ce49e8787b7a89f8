package microphone

import (
	"context"
	"sync"

	"av_capture/src/internal/media"
)

// reconfigurable is an analyzer of sound that is replaced while the source stays
// open, when its parameters change: an A, made for the source's format and a
// configuration C. One goroutine configures it and another one uses it.
type reconfigurable[C comparable, A any] struct {
	create func(media.AudioFormat, C) (A, error)

	mu       sync.Mutex
	config   C                  // of the present stream and the next ones
	format   *media.AudioFormat // of the present stream; nil while there is none
	current  A
	replaced context.Context // ends when current is
	cancel   context.CancelFunc
}

// open makes the analyzer of a stream.
func (r *reconfigurable[C, A]) open(format media.AudioFormat) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, err := r.create(format, r.config)
	if err != nil {
		return err
	}
	r.format = &format
	r.set(a)
	return nil
}

// set makes a the current one. r.mu is held.
func (r *reconfigurable[C, A]) set(a A) {
	if r.cancel != nil {
		r.cancel()
	}
	r.current = a
	r.replaced, r.cancel = context.WithCancel(context.Background())
}

// get returns the current analyzer, and a context that ends when it is replaced.
func (r *reconfigurable[C, A]) get() (replaced context.Context, a A) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.replaced, r.current
}

// configure changes the configuration. On an error all stays as it is.
func (r *reconfigurable[C, A]) configure(config C) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if config == r.config {
		return nil
	}
	if r.format != nil {
		a, err := r.create(*r.format, config)
		if err != nil {
			return err
		}
		r.set(a)
	}
	r.config = config
	return nil
}

// close lets go of the analyzer. The source is closed and nobody publishes any
// more.
func (r *reconfigurable[C, A]) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel()
	var nothing A
	r.format, r.current, r.cancel = nil, nothing, nil
}
