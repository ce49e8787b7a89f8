package record

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/wav"
)

const (
	// Backlog bounds the sound that waits for a slow disk [bytes]: three minutes of
	// one channel of S16LE at 44100 Hz. Sound beyond it is lost.
	Backlog = 16 << 20

	// commitInterval is the longest time between two commits of the file's header. A
	// killed process loses at most the sound since the last one.
	commitInterval = 500 * time.Millisecond
)

// Opener makes the file of a writer and returns its path. It may block.
type Opener func() (file wav.File, path string, err error)

// AsyncWriter writes one WAV file on a goroutine of its own. Audio frames have an index,
// and missing ones become silence.
//
// One goroutine at a time calls [AsyncWriter.Put] and [AsyncWriter.Close]; any may call
// the rest.
type AsyncWriter struct {
	format media.AudioFormat
	failed func(*AsyncWriter) // (optional) called once, by the writer's goroutine

	wake chan struct{} // has room for one
	done chan struct{} // closed when the file is

	mu     sync.Mutex
	queue  []chunk
	queued int // [bytes] in the queue
	limit  int // of queued
	spare  [][]byte
	cut    bool // no long silence is written any more
	begun  bool
	end    uint64 // index one past the newest audio frame that was put, dropped ones included
	closed bool   // Finish was called
	status Status

	next uint64 // index of the audio frame that is written next; of the writer's goroutine
}

// chunk is a number of consecutive audio frames on their way to the disk.
type chunk struct {
	first uint64 // index of the first one
	data  []byte
}

// Status is the state of a writer.
type Status struct {
	Path    string // of the file; empty before it is made
	Frames  uint64 // [audio frames] in the file, silence included
	Silence uint64 // [audio frames] of silence among them, in place of lost sound
	Late    uint64 // [audio frames] lost because the disk was too slow
	Waiting int    // [bytes] on their way to the disk
	Err     error  // why nothing more is written, or nil
}

// NewAsyncWriter starts a writer for sound of a format. Its goroutine calls open, writes
// the file and closes it, and ends with Close. It calls failed once if the disk fails,
// with the reason in the writer's status; failed must not call Close.
func NewAsyncWriter(format media.AudioFormat, open Opener, failed func(*AsyncWriter)) *AsyncWriter {
	a := &AsyncWriter{
		format: format,
		failed: failed,
		wake:   make(chan struct{}, 1),
		done:   make(chan struct{}),
		limit:  Backlog,
	}
	go a.run(open)
	return a
}

// Format returns the format of the sound.
func (a *AsyncWriter) Format() media.AudioFormat { return a.format }

// Put takes whole audio frames, the first of which has the index first. The first Put
// begins the file. A larger index than expected means a gap, which becomes silence;
// frames whose place is filled already are dropped. Put copies data and never waits for
// the disk. After a failure of the disk it does nothing.
func (a *AsyncWriter) Put(first uint64, data []byte) {
	if len(data) == 0 {
		return
	}
	frames := uint64(len(data) / a.format.FrameSize())
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.status.Err != nil || a.closed {
		return
	}
	a.end = max(a.end, first+frames)
	// The first chunk is always kept: the file begins with its index.
	if a.begun && a.queued+len(data) > a.limit {
		a.status.Late += frames
		return
	}
	a.begun = true
	var buffer []byte
	if last := len(a.spare) - 1; last >= 0 {
		buffer, a.spare = a.spare[last], a.spare[:last]
	}
	a.queue = append(a.queue, chunk{first, append(buffer[:0], data...)})
	a.queued += len(data)
	a.signal()
}

// signal wakes the writer's goroutine.
func (a *AsyncWriter) signal() {
	select {
	case a.wake <- struct{}{}:
	default: // it wakes anyway
	}
}

// Status returns the present state.
func (a *AsyncWriter) Status() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	status := a.status
	status.Waiting = a.queued
	return status
}

// Close writes the rest, and silence up to the index end if the sound ends before it. It
// waits for the disk and returns the final status; Err is nil if all is in the file.
func (a *AsyncWriter) Close(end uint64) Status {
	a.Finish(end)
	<-a.done
	return a.Status()
}

// Finish is Close without waiting.
func (a *AsyncWriter) Finish(end uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.begun && !a.closed {
		a.end = max(a.end, end)
	}
	a.closed = true
	a.signal()
}

// CutShort ends silence that takes the disk long, with an ErrCutShort, so that Close
// returns soon. Any goroutine may call it.
func (a *AsyncWriter) CutShort() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cut = true
}

func (a *AsyncWriter) isCutShort() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cut
}

// ErrCutShort means that CutShort ended a file within silence.
var ErrCutShort = errors.New("ended early within silence in place of lost sound: the sound after it is not in the file")

// run writes until Finish. It is the writer's goroutine.
func (a *AsyncWriter) run(open Opener) {
	defer close(a.done)
	err := a.record(open)
	a.mu.Lock()
	a.queue, a.queued, a.spare = nil, 0, nil
	if err == nil {
		a.mu.Unlock()
		return
	}
	a.status.Err = err
	a.mu.Unlock()
	if a.failed != nil {
		a.failed(a)
	}
}

func (a *AsyncWriter) record(open Opener) (err error) {
	file, path, err := open()
	a.mu.Lock()
	a.status.Path = path
	a.mu.Unlock()
	if err != nil {
		return err
	}
	w, err := wav.NewWriter(file, a.format)
	if err != nil {
		file.Close()
		return err
	}
	defer func() {
		closing := w.Close()
		a.updateFrames(w)
		if err == nil {
			err = closing
		}
	}()
	ticker := time.NewTicker(commitInterval)
	defer ticker.Stop()
	for first := true; ; {
		c, state := a.take()
		switch state {
		case taken:
			if first {
				a.next, first = c.first, false
			}
			if err := a.write(w, c); err != nil {
				return err
			}
			select {
			case <-ticker.C:
			default:
				continue
			}
		case empty:
			select {
			case <-a.wake:
				continue
			case <-ticker.C:
			}
		case finished:
			return a.fill(w, c.first)
		}
		if err := w.Commit(); err != nil {
			return err
		}
	}
}

// queueState is the result of take.
type queueState int

const (
	taken queueState = iota
	empty
	finished // the chunk has no data; the file ends at its index
)

// take takes the oldest chunk out of the queue.
func (a *AsyncWriter) take() (chunk, queueState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case len(a.queue) > 0:
		c := a.queue[0]
		a.queue = a.queue[1:]
		return c, taken
	case !a.closed:
		return chunk{}, empty
	}
	return chunk{first: a.end}, finished
}

// write writes a chunk at its index.
func (a *AsyncWriter) write(w *wav.Writer, c chunk) error {
	size := len(c.data)
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.queued -= size
		if len(a.spare) < 8 && cap(c.data) <= Backlog/16 {
			a.spare = append(a.spare, c.data)
		}
	}()
	if err := a.fill(w, c.first); err != nil {
		return err
	}
	frameSize := a.format.FrameSize()
	data := c.data
	if a.next > c.first { // written already, in part or whole
		written := min(a.next-c.first, uint64(len(data)/frameSize))
		data = data[int(written)*frameSize:]
	}
	err := w.Write(data)
	a.next += uint64(len(data) / frameSize)
	a.updateFrames(w)
	return err
}

// fill writes silence up to the index end.
func (a *AsyncWriter) fill(w *wav.Writer, end uint64) error {
	if end <= a.next {
		return nil
	}
	for a.next < end {
		n := end - a.next
		if most := uint64(atOnce / a.format.FrameSize()); wav.Silence(a.format.Encoding) != 0 && n > most { // zeros cost nothing
			if a.isCutShort() {
				return ErrCutShort
			}
			n = most
		}
		before := w.Frames()
		err := w.Silence(n)
		a.next += n
		a.mu.Lock()
		a.status.Silence += w.Frames() - before
		a.mu.Unlock()
		a.updateFrames(w)
		if err != nil {
			return err
		}
	}
	return nil
}

// atOnce is the amount of silence other than zeros that is written between two looks
// at isCutShort [bytes].
const atOnce = 16 << 20

// updateFrames puts the length of the file into the status.
func (a *AsyncWriter) updateFrames(w *wav.Writer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status.Frames = w.Frames()
}

// duration returns the duration of a number of audio frames.
func (a *AsyncWriter) duration(frames uint64) time.Duration {
	return time.Duration(float64(frames) / float64(a.format.SampleRate) * float64(time.Second))
}

// remark describes the silence in the file for people; it is empty without any.
func (a *AsyncWriter) remark() string {
	s := a.Status()
	if s.Silence == 0 {
		return ""
	}
	text := fmt.Sprintf("%d audio frames (%v) of it are silence in place of lost sound", s.Silence, a.duration(s.Silence).Round(time.Millisecond))
	if s.Late > 0 {
		text += fmt.Sprintf(", %d of them because the disk was too slow", s.Late)
	}
	return text
}
