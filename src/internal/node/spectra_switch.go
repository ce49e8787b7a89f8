package node

import (
	"context"
	"sync"

	"av_capture/src/internal/acquire"
)

// spectraSwitch hands what computes spectra from the one who sets parameters to
// the one who publishes, while the source stays open.
type spectraSwitch struct {
	mu       sync.Mutex
	config   SpectrumConfig       // of the next opening of the source
	format   *acquire.AudioFormat // of the present one; nil while there is none
	current  *spectra
	replaced context.Context // ends when current is
	replace  context.CancelFunc
}

// begin makes what computes the spectra of an opening of the source.
func (w *spectraSwitch) begin(format acquire.AudioFormat) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	s, err := newSpectra(format, w.config)
	if err != nil {
		return err
	}
	w.format = &format
	w.put(s)
	return nil
}

// put makes s the current one. w.mu is held.
func (w *spectraSwitch) put(s *spectra) {
	if w.replace != nil {
		w.replace()
	}
	w.current = s
	w.replaced, w.replace = context.WithCancel(context.Background())
}

// take returns the current one, and a context that ends when there is another.
func (w *spectraSwitch) take() (replaced context.Context, s *spectra) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.replaced, w.current
}

// change makes the spectra others. On an error they stay what they are.
func (w *spectraSwitch) change(config SpectrumConfig) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.format != nil {
		s, err := newSpectra(*w.format, config)
		if err != nil {
			return err
		}
		w.put(s)
	}
	w.config = config
	return nil
}

// end says that the source is closed and nobody publishes any more.
func (w *spectraSwitch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.replace()
	w.format, w.current, w.replace = nil, nil, nil
}
