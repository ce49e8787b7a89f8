package node

import (
	"context"
	"sync"

	"av_capture/src/internal/acquire"
)

// handover hands what works on windows of sound from the one who sets
// parameters to the one who publishes, while the source stays open: an A, made
// for what the source gives and a configuration C.
type handover[C comparable, A any] struct {
	make func(acquire.AudioFormat, C) (A, error)

	mu       sync.Mutex
	config   C                    // of the next opening of the source
	format   *acquire.AudioFormat // of the present one; nil while there is none
	current  A
	replaced context.Context // ends when current is
	replace  context.CancelFunc
}

// begin makes what an opening of the source needs.
func (h *handover[C, A]) begin(format acquire.AudioFormat) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	a, err := h.make(format, h.config)
	if err != nil {
		return err
	}
	h.format = &format
	h.put(a)
	return nil
}

// put makes a the current one. h.mu is held.
func (h *handover[C, A]) put(a A) {
	if h.replace != nil {
		h.replace()
	}
	h.current = a
	h.replaced, h.replace = context.WithCancel(context.Background())
}

// take returns the current one, and a context that ends when there is another.
func (h *handover[C, A]) take() (replaced context.Context, a A) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.replaced, h.current
}

// change changes the configuration. On an error all stays as it is.
func (h *handover[C, A]) change(config C) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if config == h.config {
		return nil
	}
	if h.format != nil {
		a, err := h.make(*h.format, config)
		if err != nil {
			return err
		}
		h.put(a)
	}
	h.config = config
	return nil
}

// end says that the source is closed and nobody publishes any more.
func (h *handover[C, A]) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.replace()
	var nothing A
	h.format, h.current, h.replace = nil, nothing, nil
}
