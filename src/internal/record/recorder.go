package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
)

// Config configures a [Recorder].
type Config struct {
	Name  string            // of the node, for the names of files
	Now   func() time.Time  // ROS time, for the names of files
	Info  func(text string) // logs an event
	Error func(text string) // logs a failure

	// Left notes a request that a disk does not answer, until back is called (optional).
	Left func(what string, since time.Time, cure string) (back func())
	// Open opens a folder, and makes a missing one; it refuses folders that are not
	// allowed. Nil stands for OpenFolder.
	Open func(directory string) (*os.Root, error)
}

// Recorder records a microphone across all openings of its source. Any goroutine may
// call the methods. Attach and Detach, which the source's thread calls, never wait for
// the disk; Start, Stop and Snippet wait for it until their contexts end.
type Recorder struct {
	config Config
	turn   chan struct{}  // holds one token, which Start and Stop take
	stops  sync.WaitGroup // recordings that are being finished
	create func(directory, name string, at time.Time, kind string) (*os.File, string, error)

	mu        sync.Mutex // guards the fields below; held for copies in memory only
	directory string
	requests  map[string]int // number of requests that are making files, by folder
	latest    *opening       // the present opening, or the last one; nil before the first
	previous  *opening       // the one before latest, while latest does not fill a snippet; or nil
	current   *recording     // nil while nothing is recorded
}

// opening is one opening of the source.
type opening struct {
	ring   *buffer.Ring
	format media.AudioFormat
	open   bool
}

// New returns a recorder whose files lie in the folder that a parameter names. Each new
// file resolves it again, by [Directory].
func New(config Config, directory string) *Recorder {
	if config.Left == nil {
		config.Left = func(string, time.Time, string) func() { return func() {} }
	}
	r := &Recorder{config: config, directory: directory, turn: make(chan struct{}, 1), requests: map[string]int{}, create: config.create}
	r.turn <- struct{}{}
	return r
}

// SetDirectory changes the folder of new files.
func (r *Recorder) SetDirectory(directory string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.directory = directory
}

func (r *Recorder) folder() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.directory
}

// Attach begins an opening of the source, which captures into ring.
func (r *Recorder) Attach(ring *buffer.Ring, format media.AudioFormat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.previous = r.latest
	r.latest = &opening{ring: ring, format: format, open: true}
	if r.current != nil {
		r.current.read(r.latest)
	}
}

// Detach ends the opening. The source and its ring are closed. It returns when the
// recording has read the rest of the ring.
func (r *Recorder) Detach() {
	r.mu.Lock()
	if r.latest != nil {
		r.latest.open = false
	}
	var reading chan struct{}
	if r.current != nil {
		reading = r.current.reading
	}
	r.mu.Unlock()
	if reading != nil {
		<-reading
	}
}

// Start begins a recording with the next audio frame, or, while the source is closed,
// with its first one. It returns the path of the file, which is that of the current
// recording if there is one.
func (r *Recorder) Start(ctx context.Context) (path string, err error) {
	if err := r.takeTurn(ctx); err != nil {
		return "", err
	}
	defer r.endTurn()
	folder, free, err := r.slot()
	if err != nil {
		return "", err
	}
	return r.request(ctx, "making the file of a recording", free, func(wanted func() bool) (string, error) { return r.start(folder, wanted) })
}

func (r *Recorder) start(folder string, wanted func() bool) (path string, err error) {
	r.mu.Lock()
	var from uint64
	if r.latest != nil {
		r.latest.ring.Refresh()
		from = r.latest.ring.Head() // before the disk is waited for
	}
	current := r.current
	r.mu.Unlock()
	if current != nil {
		if current.failure() == nil && exists(current.written()) {
			return current.path, nil
		}
		r.end().finish() // a new recording follows
	}
	now := r.config.Now()
	file, path, err := r.create(folder, r.config.Name, now, "")
	if err != nil {
		return "", fmt.Errorf("no recording: %w", err)
	}
	if !wanted() {
		file.Close()
		return "", os.Remove(path)
	}
	s := &recording{recorder: r, path: path, file: file, began: now, from: from}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = s
	if r.latest != nil && r.latest.open {
		s.read(r.latest)
	}
	r.config.Info("recording to " + path)
	return path, nil
}

// Stop ends the recording with the newest audio frame, and returns when all is in the
// file. The message is the path and, in further lines, remarks on the content. On an
// error a part of the sound is missing, or all of it. If ctx ends first, the file is
// still being finished.
func (r *Recorder) Stop(ctx context.Context) (message string, err error) {
	if err := r.takeTurn(ctx); err != nil {
		return "", err
	}
	defer r.endTurn()
	s := r.end()
	if s == nil {
		return "", errors.New("nothing is being recorded")
	}
	r.stops.Add(1)
	message, err = r.request(ctx, "finishing the recording "+s.path, func() {}, func(func() bool) (string, error) {
		defer r.stops.Done()
		s.finish()
		message, err := s.result()
		if err != nil {
			// A failure of the disk has been logged already.
			return "", err
		}
		r.config.Info("recorded " + strings.ReplaceAll(message, "\n", "; "))
		return message, nil
	})
	if errors.Is(err, errNoAnswer) {
		err = fmt.Errorf("the recording has ended, and is being finished in %s when the disk answers: %w", s.path, err)
	}
	return message, err
}

// Close ends the recording, if there is one, and returns when all is in the file. The
// source must be closed. It waits for the disk without a limit.
func (r *Recorder) Close() error {
	r.mu.Lock()
	idle := r.current == nil
	r.mu.Unlock()
	defer r.stops.Wait()
	if idle {
		return nil
	}
	_, err := r.Stop(context.Background())
	return err
}

// end ends the current recording and returns it, or nil if there is none.
func (r *Recorder) end() *recording {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.current
	r.current = nil
	if s == nil {
		return nil
	}
	if r.latest != nil {
		r.latest.ring.Refresh()
		s.until = r.latest.ring.Head()
	}
	if s.stop != nil {
		s.stop()
	}
	return s
}

// State is the state of recording, for diagnostics.
type State struct {
	Path     string        // of the present file; empty while nothing is recorded
	Duration time.Duration // of the sound in it
	Silence  uint64        // [audio frames] in it in place of lost sound
	Late     uint64        // [audio frames] lost because the disk was too slow
	Waiting  float64       // fill of the backlog, 0 to 1
	Err      error         // why the recording is cut off, or nil
}

// State returns the present state.
func (r *Recorder) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget()
	s := r.current
	if s == nil {
		return State{}
	}
	if len(s.parts) == 0 {
		return State{Path: s.path}
	}
	part := s.parts[len(s.parts)-1]
	status := part.Status()
	return State{
		Path:     status.Path,
		Duration: part.duration(status.Frames),
		Silence:  status.Silence,
		Late:     status.Late,
		Waiting:  float64(status.Waiting) / Backlog,
		Err:      status.Err,
	}
}
