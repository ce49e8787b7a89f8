package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/buffer"
	"av_capture/src/internal/wav"
)

// Config is what a Recorder is made with.
type Config struct {
	Name  string            // of the node, for the names of files
	Now   func() time.Time  // ROS time, for the names of files
	Info  func(text string) // takes what users want to know
	Error func(text string) // takes what users have to know
}

// Recorder records what a microphone captures, from one opening of the source to
// the next. The methods may be called from any goroutine; those that a source's
// thread waits for, Attach and Detach, never wait for the disk.
type Recorder struct {
	config  Config
	control sync.Mutex // held by Start and Stop, over what the disk does

	mu        sync.Mutex // guards what follows, over copies in memory only
	directory string
	latest    *opening // of the source: the present one, or the last one; nil before the first
	previous  *opening // the one before that, while latest does not fill a snippet alone; or nil
	current   *session // nil while nothing is recorded
}

// opening is one opening of the source.
type opening struct {
	ring   *buffer.Ring
	format acquire.AudioFormat
	open   bool
}

// session is one recording, from on to off.
type session struct {
	recorder *Recorder
	path     string        // of the first file
	file     *os.File      // that file until there is a tape for it
	began    time.Time     // for the names of further files
	from     uint64        // index of the audio frame to go on with; only the reading goroutine's, once there is one
	parts    []*Tape       // of one format each; the last one is written to
	stop     func()        // ends the reading of the present opening; nil while there is none
	reading  chan struct{} // closed when that has ended
	until    uint64        // index at which the reading ends that is stopped
}

// New returns a recorder whose files lie in a folder.
func New(config Config, directory string) *Recorder {
	return &Recorder{config: config, directory: directory}
}

// SetDirectory changes the folder of the files that are made from now on.
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

// Attach says that the source is open, and into which ring it captures.
func (r *Recorder) Attach(ring *buffer.Ring, format acquire.AudioFormat) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.previous = r.latest
	r.latest = &opening{ring: ring, format: format, open: true}
	if r.current != nil {
		r.current.read(r.latest)
	}
}

// Detach says that the source is closed and that its ring is, too. It returns
// when what is recorded has been taken out of the ring.
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

// Start begins to record with the next audio frame that is captured, or, while
// the source is closed, with the first one after that. It returns the path of
// the file; if there is a recording already, that one's.
func (r *Recorder) Start() (path string, err error) {
	r.control.Lock()
	defer r.control.Unlock()
	r.mu.Lock()
	var from uint64
	if r.latest != nil {
		from = r.latest.ring.Head() // now, however long the disk takes
	}
	current := r.current
	r.mu.Unlock()
	if current != nil {
		if current.failure() == nil {
			return current.path, nil
		}
		r.end() // and begin anew
	}
	now := r.config.Now()
	file, path, err := create(r.folder(), r.config.Name, now, "")
	if err != nil {
		return "", fmt.Errorf("no recording: %w", err)
	}
	s := &session{recorder: r, path: path, file: file, began: now, from: from}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.current = s
	if r.latest != nil && r.latest.open {
		s.read(r.latest)
	}
	r.config.Info("recording to " + path)
	return path, nil
}

// Stop ends the recording with the newest audio frame that was captured by now.
// It returns when all is in the file: its path and, in further lines, what is to
// be said of it. On an error some of it is missing, or all.
func (r *Recorder) Stop() (message string, err error) {
	r.control.Lock()
	defer r.control.Unlock()
	s := r.end()
	if s == nil {
		return "", errors.New("nothing is being recorded")
	}
	message, err = s.result()
	if err != nil {
		// A failure of the disk has been told when it came.
		return "", err
	}
	r.config.Info("recorded " + strings.ReplaceAll(message, "\n", "; "))
	return message, nil
}

// Close ends the recording, if there is one. The source is closed.
func (r *Recorder) Close() error {
	r.mu.Lock()
	idle := r.current == nil
	r.mu.Unlock()
	if idle {
		return nil
	}
	_, err := r.Stop()
	return err
}

// end takes the current recording out of the recorder and ends it; nil if there
// is none. r.control is held.
func (r *Recorder) end() *session {
	r.mu.Lock()
	s := r.current
	r.current = nil
	if s == nil {
		r.mu.Unlock()
		return nil
	}
	if r.latest != nil {
		s.until = r.latest.ring.Head()
	}
	if s.stop != nil {
		s.stop()
	}
	reading := s.reading
	r.mu.Unlock()
	if reading != nil {
		<-reading
	}
	if n := len(s.parts); n > 0 {
		for _, part := range s.parts[:n-1] {
			part.Close(0) // finished since the next part began
		}
		s.parts[n-1].Close(0)
	}
	return s
}

// failure returns why nothing more is recorded.
func (s *session) failure() error {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	if n := len(s.parts); n > 0 {
		return s.parts[n-1].Status().Err
	}
	return nil
}

// result says what came of a recording that has ended.
func (s *session) result() (message string, err error) {
	if len(s.parts) == 0 {
		s.file.Close()
		if err := os.Remove(s.path); err != nil {
			return "", err
		}
		return "", errors.New("nothing is recorded: no sound has come since the recording began")
	}
	var lines, remarks []string
	for _, part := range s.parts {
		status := part.Status()
		if status.Err != nil {
			return "", fmt.Errorf("the recording is cut off: %w; what came before is in %s", status.Err, strings.Join(append(lines, status.Path), ", "))
		}
		lines = append(lines, status.Path)
		if remark := part.remark(); remark != "" {
			remarks = append(remarks, remark)
		}
	}
	if len(lines) > 1 {
		remarks = append(remarks, "the format of the sound changed, each has its file")
	}
	return strings.Join(append(lines, remarks...), "\n"), nil
}

// part returns the tape for a format: the one that is written to, or a new one.
// r.mu is not held, and only the reading goroutine changes the parts.
func (s *session) part(format acquire.AudioFormat) *Tape {
	r := s.recorder
	n := len(s.parts)
	if n > 0 && alike(s.parts[n-1].Format(), format) {
		return s.parts[n-1]
	}
	open := func() (wav.File, string, error) { return s.file, s.path, nil }
	if n > 0 {
		s.parts[n-1].Finish(0)
		open = func() (wav.File, string, error) {
			file, path, err := create(r.folder(), r.config.Name, s.began, fmt.Sprintf("_part%d", n+1))
			if err != nil {
				return nil, path, err
			}
			r.config.Info("the format of the sound changed, recording to " + path)
			return file, path, nil
		}
	}
	tape := NewTape(format, open, func(t *Tape) {
		r.config.Error(fmt.Sprintf("the recording is cut off after %v: %v",
			t.duration(t.Status().Frames).Round(time.Millisecond), t.Status().Err))
	})
	r.mu.Lock()
	s.parts = append(s.parts, tape)
	r.mu.Unlock()
	return tape
}

// read has an opening of the source read, from s.from on, until the ring is
// closed and empty or s is stopped. r.mu is held.
func (s *session) read(from *opening) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.stop, s.reading = cancel, done
	go func() {
		defer close(done)
		defer cancel()
		s.follow(ctx, from)
	}()
}

// readings is how often a second the ring is read at least, but for rings that
// are smaller than that.
const readings = 20

func (s *session) follow(ctx context.Context, from *opening) {
	reader := from.ring.NewReader()
	reader.Keep(s.from)
	defer reader.Release()
	frameSize := from.format.FrameSize()
	atOnce := max(1, min(from.format.SampleRate/readings, from.ring.Capacity()/4))
	data := make([]byte, atOnce*frameSize)
	for ctx.Err() == nil {
		first, n, err := reader.Read(ctx, s.from, data)
		switch {
		case err == nil:
			s.put(from.format, first, data[:n*frameSize])
		case ctx.Err() == nil:
			return // io.EOF: nothing is left
		}
	}
	// What is left up to the moment of the stop is in the ring, and the context
	// has ended: nothing is waited for.
	for s.from < s.until {
		want := int(min(s.until-s.from, uint64(atOnce)))
		first, n, err := reader.Read(ctx, s.from, data[:want*frameSize])
		switch {
		case first >= s.until || err != nil && first == s.from:
			s.from = s.until // the newest was lost
		case err != nil:
			s.from = first // and fewer frames follow than were asked for
		default:
			s.put(from.format, first, data[:min(n, int(s.until-first))*frameSize])
		}
	}
	if len(s.parts) > 0 {
		s.parts[len(s.parts)-1].Finish(s.until)
	}
}

// put passes audio frames on to the tape of their format.
func (s *session) put(format acquire.AudioFormat, first uint64, data []byte) {
	s.part(format).Put(first, data)
	s.from = first + uint64(len(data)/format.FrameSize())
}

// State is how recording fares, for diagnostics.
type State struct {
	Path     string        // of the file that is written; empty while nothing is recorded
	Duration time.Duration // of the sound in it
	Silence  uint64        // [audio frames] in it for lost sound
	Late     uint64        // [audio frames] lost since the disk was too slow
	Waiting  float64       // how much of the backlog is taken, 0 to 1
	Err      error         // why it is cut off; nil if it is not
}

// State tells how recording fares now.
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

// alike says whether sound of two formats may be in one file.
func alike(a, b acquire.AudioFormat) bool {
	a.Device, b.Device = "", ""
	return a == b
}
