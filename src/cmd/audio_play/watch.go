package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/playback"
	"av_capture/src/internal/program"
)

// watcher prints the progress, and ends the listening after the silence of --idle.
type watcher struct {
	options *options
	player  *playback.Player
	end     func()

	mu    sync.Mutex
	heard time.Time // arrival of the newest block; zero before the first
}

// heardOne notes that a block has come.
func (w *watcher) heardOne() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = time.Now()
}

// progress prints a line, and ends the listening when no block has come for too long.
func (w *watcher) progress() {
	w.mu.Lock()
	heard := w.heard
	w.mu.Unlock()
	if heard.IsZero() {
		return
	}
	s := w.player.Statistics()
	fmt.Fprintf(program.Out, "%8.1f s, %.3f s buffered, %d underruns, %d audio frames missing\n", s.Time.Seconds(), s.Fill.Seconds(), s.Underruns, s.Missing)
	if idle := w.options.idle; idle > 0 && time.Since(heard).Seconds() > idle {
		w.end()
	}
}

// summary prints how much was played, and how much was dropped, repeated or filled in.
func (w *watcher) summary(out io.Writer) {
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
	add(s.Ignored, "%d blocks ignored that came twice, too late, or cannot be played")
	add(s.Restarts, "restarted %d times")
	add(s.Lost, "loudspeaker lost %d times")
	fmt.Fprintln(out, strings.Join(parts, ", "))
}
