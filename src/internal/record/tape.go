package record

import (
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/wav"
)

const (
	// Backlog is how much sound waits for a slow disk [bytes]: three minutes of
	// one channel of S16LE at 44100 Hz. What comes then is lost.
	Backlog = 16 << 20

	// commitInterval is the longest time between two moments at which the file
	// tells of all that is in it. What a killed process loses is younger.
	commitInterval = 500 * time.Millisecond
)

// Opener makes the file of a tape, and tells its path. It may block.
type Opener func() (file wav.File, path string, err error)

// Tape writes one WAV file on a goroutine of its own. It is told the index of
// every audio frame, and fills what is missing with silence.
//
// [Tape.Put] and [Tape.Close] are for one goroutine at a time; the rest is for
// any.
type Tape struct {
	format acquire.AudioFormat
	failed func(*Tape) // (optional) called once, by the tape's goroutine

	wake chan struct{} // has room for one
	done chan struct{} // closed when the file is

	mu     sync.Mutex
	queue  []piece
	queued int // [bytes] in the queue
	limit  int // of queued
	spare  [][]byte
	begun  bool
	end    uint64 // index one past the newest audio frame that was put, kept or not
	closed bool   // nothing more will come
	status Status

	next uint64 // index of the audio frame that is written next; only the tape's goroutine uses it
}

// piece is some consecutive audio frames on their way to the disk.
type piece struct {
	first uint64 // index of the first one
	data  []byte
}

// Status is how a tape fares.
type Status struct {
	Path    string // of the file; empty until it is made
	Frames  uint64 // [audio frames] in the file, silence included
	Silence uint64 // [audio frames] of them silence for what was lost
	Late    uint64 // [audio frames] lost since the disk was too slow
	Waiting int    // [bytes] on their way to the disk
	Err     error  // why nothing more is written; nil if all is well
}

// NewTape starts a tape of a format. The file is made, written and closed by the
// tape's goroutine, which ends with Close. failed is called once if the disk
// fails, with the reason in the tape's status; it must not call Close.
func NewTape(format acquire.AudioFormat, open Opener, failed func(*Tape)) *Tape {
	t := &Tape{
		format: format,
		failed: failed,
		wake:   make(chan struct{}, 1),
		done:   make(chan struct{}),
		limit:  Backlog,
	}
	go t.run(open)
	return t
}

// Format returns what the tape was made for.
func (t *Tape) Format() acquire.AudioFormat { return t.format }

// Put takes whole audio frames, the first of which has the index first. The
// first Put begins the file. A later one whose index is larger than expected
// tells of a gap, which becomes silence; frames whose place is filled already
// are left out. It copies data and never waits for the disk. After a failure of
// the disk it does nothing.
func (t *Tape) Put(first uint64, data []byte) {
	if len(data) == 0 {
		return
	}
	frames := uint64(len(data) / t.format.FrameSize())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.status.Err != nil || t.closed {
		return
	}
	t.end = max(t.end, first+frames)
	// The first piece is always kept: it says where the file begins.
	if t.begun && t.queued+len(data) > t.limit {
		t.status.Late += frames
		return
	}
	t.begun = true
	var buffer []byte
	if last := len(t.spare) - 1; last >= 0 {
		buffer, t.spare = t.spare[last], t.spare[:last]
	}
	t.queue = append(t.queue, piece{first, append(buffer[:0], data...)})
	t.queued += len(data)
	t.signal()
}

// signal wakes the tape's goroutine.
func (t *Tape) signal() {
	select {
	case t.wake <- struct{}{}:
	default: // it wakes anyway
	}
}

// Status tells how the tape fares now.
func (t *Tape) Status() Status {
	t.mu.Lock()
	defer t.mu.Unlock()
	status := t.status
	status.Waiting = t.queued
	return status
}

// Close writes what is left, and silence up to the index end if the sound that
// was put ends before it. It waits for the disk and returns how the tape has
// fared; Err is nil if all of it is in the file.
func (t *Tape) Close(end uint64) Status {
	t.Finish(end)
	<-t.done
	return t.Status()
}

// Finish is Close without waiting.
func (t *Tape) Finish(end uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun && !t.closed {
		t.end = max(t.end, end)
	}
	t.closed = true
	t.signal()
}

// run writes until Finish.
func (t *Tape) run(open Opener) {
	defer close(t.done)
	err := t.record(open)
	if err == nil {
		return
	}
	t.mu.Lock()
	t.status.Err = err
	t.queue, t.queued, t.spare = nil, 0, nil
	t.mu.Unlock()
	if t.failed != nil {
		t.failed(t)
	}
}

func (t *Tape) record(open Opener) (err error) {
	file, path, err := open()
	t.mu.Lock()
	t.status.Path = path
	t.mu.Unlock()
	if err != nil {
		return err
	}
	w, err := wav.NewWriter(file, t.format)
	if err != nil {
		file.Close()
		return err
	}
	defer func() {
		closing := w.Close()
		t.note(w)
		if err == nil {
			err = closing
		}
	}()
	ticker := time.NewTicker(commitInterval)
	defer ticker.Stop()
	for first := true; ; {
		p, state := t.take()
		switch state {
		case something:
			if first {
				t.next, first = p.first, false
			}
			if err := t.write(w, p); err != nil {
				return err
			}
			select {
			case <-ticker.C:
			default:
				continue
			}
		case nothing:
			select {
			case <-t.wake:
				continue
			case <-ticker.C:
			}
		case finished:
			return t.fill(w, p.first)
		}
		if err := w.Commit(); err != nil {
			return err
		}
	}
}

// What take finds in the queue.
type found int

const (
	something found = iota
	nothing
	finished // for good; the piece tells the index up to which the file reaches
)

// take takes the oldest piece out of the queue.
func (t *Tape) take() (piece, found) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case len(t.queue) > 0:
		p := t.queue[0]
		t.queue = t.queue[1:]
		return p, something
	case !t.closed:
		return piece{}, nothing
	}
	return piece{first: t.end}, finished
}

// write writes a piece to its place.
func (t *Tape) write(w *wav.Writer, p piece) error {
	size := len(p.data)
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.queued -= size
		if len(t.spare) < cap(t.spare) || len(t.spare) < 8 {
			t.spare = append(t.spare, p.data)
		}
	}()
	if err := t.fill(w, p.first); err != nil {
		return err
	}
	frameSize := t.format.FrameSize()
	data := p.data
	if t.next > p.first { // a part of it, or all, has been written already
		data = data[min(int(t.next-p.first)*frameSize, len(data)):]
	}
	err := w.Write(data)
	t.next += uint64(len(data) / frameSize)
	t.note(w)
	return err
}

// fill writes silence up to the index end.
func (t *Tape) fill(w *wav.Writer, end uint64) error {
	if end <= t.next {
		return nil
	}
	missing := end - t.next
	before := w.Frames()
	err := w.Silence(missing)
	t.next = end
	t.mu.Lock()
	t.status.Silence += w.Frames() - before
	t.mu.Unlock()
	t.note(w)
	return err
}

// note notes how much is in the file.
func (t *Tape) note(w *wav.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status.Frames = w.Frames()
}

// duration returns how long so many audio frames of the tape sound.
func (t *Tape) duration(frames uint64) time.Duration {
	return time.Duration(float64(frames) / float64(t.format.SampleRate) * float64(time.Second))
}

// remark says in words what a listener to the file should know of it, or
// nothing.
func (t *Tape) remark() string {
	s := t.Status()
	if s.Silence == 0 {
		return ""
	}
	text := fmt.Sprintf("%d audio frames (%v) of it are silence in place of lost sound", s.Silence, t.duration(s.Silence).Round(time.Millisecond))
	if s.Late > 0 {
		text += fmt.Sprintf(", %d of them since the disk was too slow", s.Late)
	}
	return text
}
