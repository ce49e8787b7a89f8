package camera

import "sync"

// warnings passes each text on once. Any goroutine may call once, which calls warn
// without holding a lock.
type warnings struct {
	warn func(string)

	mu    sync.Mutex
	given map[string]bool
}

func newWarnings(warn func(string)) *warnings {
	return &warnings{warn: warn, given: map[string]bool{}}
}

// once warns, unless it has had the text before.
func (w *warnings) once(text string) {
	w.mu.Lock()
	before := w.given[text]
	w.given[text] = true
	w.mu.Unlock()
	if !before {
		w.warn(text)
	}
}
