package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/playback"
)

// watcher prints the progress and ends the listening when nothing comes any more.
type watcher struct {
	options *options
	player  *playback.Player
	end     func()

	mu    sync.Mutex
	heard time.Time // when the newest block came; zero before the first
}

// heardOne notes that a block has come.
func (w *watcher) heardOne() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = time.Now()
}

// progress prints how far it is, and ends the listening when nothing has come for
// too long.
func (w *watcher) progress() {
	w.mu.Lock()
	heard := w.heard
	w.mu.Unlock()
	if heard.IsZero() {
		return
	}
	s := w.player.Statistics()
	fmt.Printf("%8.1f s, %.3f s buffered, %d underruns, %d audio frames missing\n", s.Time.Seconds(), s.Fill.Seconds(), s.Underruns, s.Missing)
	if idle := w.options.idle; idle > 0 && time.Since(heard).Seconds() > idle {
		w.end()
	}
}

// tell says what has been played, and what was done to it.
func (w *watcher) tell(out io.Writer) {
	s := w.player.Statistics()
	if s.Streams == 0 {
		fmt.Fprintln(out, "nothing has been played: no sound has come")
		return
	}
	parts := []string{fmt.Sprintf("played %.3f s, %d audio frames", s.Time.Seconds(), s.Played)}
	add := func(n uint64, text string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(text, n))
		}
	}
	add(s.Missing, "%d of them missing")
	add(s.Shortened, "%d more left out of gaps longer than 5 s")
	add(s.Dropped, "%d dropped, as the loudspeaker's clock is slower")
	add(s.Repeated, "%d repeated, as it is faster")
	add(s.Skipped, "%d skipped, which came too early or without a loudspeaker")
	add(s.Late, "%d of silence where sound came too late")
	add(s.Underruns, "%d underruns")
	add(s.Starved, "%d times the loudspeaker's buffer may have run empty")
	add(s.Ignored, "%d blocks ignored that came twice or too late")
	add(s.Anew, "begun anew %d times")
	add(s.Lost, "loudspeaker lost %d times")
	fmt.Fprintln(out, strings.Join(parts, ", "))
}
