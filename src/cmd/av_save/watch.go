package main

import (
	"fmt"
	"strings"
	"time"

	"av_capture/src/internal/film"
	"av_capture/src/internal/program"
)

// watcher prints the progress, and ends the film when nothing has come for too long.
type watcher struct {
	recorder *film.Recorder
	idle     time.Duration // 0 for ever
	end      func()

	before film.Status
	quiet  time.Time // since when nothing has come; zero before the first
}

// progress prints a line.
func (w *watcher) progress() {
	s := w.recorder.Status()
	came := s.Arrived != w.before.Arrived
	if s.Arrived == 0 {
		return
	}
	fmt.Fprintf(program.Out, "%8.1f s, %s, %s/s, %d images, %d dropped\n",
		s.Time.Seconds(), megabytes(s.Size), megabytes(max(0, s.Size-w.before.Size)), s.Images, s.Dropped)
	w.before = s
	if came || w.quiet.IsZero() {
		w.quiet = time.Now()
	}
	if w.idle > 0 && time.Since(w.quiet) > w.idle {
		w.end()
	}
}

// summary prints what is saved, and what is not.
func (w *watcher) summary() {
	for _, file := range w.recorder.Saved() {
		if file.Failed { // the error tells the rest
			fmt.Fprintf(program.Out, "cut off %s: %s\n", file.Path, megabytes(file.Size))
			continue
		}
		fmt.Fprintf(program.Out, "saved %s: %.3f s, %d images, %s\n", file.Path, file.Time.Seconds(), file.Images, megabytes(file.Size))
	}
	s := w.recorder.Status()
	var remarks []string
	add := func(present bool, text string, value any) {
		if present {
			remarks = append(remarks, fmt.Sprintf(text, value))
		}
	}
	add(s.Dropped > 0, "%d images dropped, since ffmpeg or the disk was too slow", s.Dropped)
	add(s.Silenced > 0, "%d blocks of sound dropped for the same reason", s.Silenced)
	add(s.Late > 0, "%d images left out, whose stamps are not later than the one before", s.Late)
	add(s.Silence > 0, "%.3f s of silence in place of missing sound", s.Silence.Seconds())
	if len(remarks) > 0 {
		fmt.Fprintln(program.Out, strings.Join(remarks, ", "))
	}
}

// megabytes describes a size.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
