package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/wav"
)

// recording is the sound from on to off, in one file for each format.
type recording struct {
	recorder *Recorder
	path     string         // of the first file
	file     *os.File       // the first file, until a writer owns it
	began    time.Time      // for the names of further files
	from     uint64         // index of the next audio frame; owned by the reading goroutine once it runs
	parts    []*AsyncWriter // one for each format; the last one is written to
	stop     func()         // ends the reading of the present opening; nil before the first
	reading  chan struct{}  // closed when the reading has ended
	until    uint64         // index at which a stopped reading ends
}

// finish waits until all of an ended recording is in its files.
func (s *recording) finish() {
	s.recorder.mu.Lock()
	reading := s.reading
	s.recorder.mu.Unlock()
	if reading != nil {
		<-reading
	}
	if n := len(s.parts); n > 0 {
		for _, part := range s.parts[:n-1] {
			part.Close(0) // was finished when the next part began
		}
		s.parts[n-1].Close(0)
	}
}

// written returns the path of the newest file.
func (s *recording) written() string {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	if n := len(s.parts); n > 0 {
		if path := s.parts[n-1].Status().Path; path != "" {
			return path
		}
	}
	return s.path
}

// exists reports whether a path exists: somebody may remove a file, or its folder, while
// it is being written.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// failure returns the error that cut the recording off, or nil.
func (s *recording) failure() error {
	s.recorder.mu.Lock()
	defer s.recorder.mu.Unlock()
	if n := len(s.parts); n > 0 {
		return s.parts[n-1].Status().Err
	}
	return nil
}

// result describes an ended recording, in the words of Stop.
func (s *recording) result() (message string, err error) {
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
		if !exists(status.Path) {
			return "", fmt.Errorf("the recording is lost: %s was removed while it was written", status.Path)
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

// part returns the writer for a format: the present one, or a new one. Only the reading
// goroutine calls it, without r.mu.
func (s *recording) part(format media.AudioFormat) *AsyncWriter {
	r := s.recorder
	n := len(s.parts)
	if n > 0 && sameFormat(s.parts[n-1].Format(), format) {
		return s.parts[n-1]
	}
	open := func() (wav.File, string, error) { return s.file, s.path, nil }
	if n > 0 {
		s.parts[n-1].Finish(0)
		open = func() (wav.File, string, error) {
			file, path, err := r.create(r.folder(), r.config.Name, s.began, fmt.Sprintf("_part%d", n+1))
			if err != nil {
				return nil, path, err
			}
			r.config.Info("the format of the sound changed, recording to " + path)
			return file, path, nil
		}
	}
	writer := NewAsyncWriter(format, open, func(w *AsyncWriter) {
		r.config.Error(fmt.Sprintf("the recording is cut off after %v: %v",
			w.duration(w.Status().Frames).Round(time.Millisecond), w.Status().Err))
	})
	r.mu.Lock()
	s.parts = append(s.parts, writer)
	r.mu.Unlock()
	return writer
}

// read starts a goroutine that reads an opening from s.from on, until its ring is closed
// and empty or the recording is stopped. r.mu is held.
func (s *recording) read(from *opening) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.stop, s.reading = cancel, done
	go func() {
		defer close(done)
		defer cancel()
		s.follow(ctx, from)
	}()
}

// readsPerSecond is the least rate of reading the ring, but for smaller rings.
const readsPerSecond = 20

func (s *recording) follow(ctx context.Context, from *opening) {
	reader := from.ring.NewReader()
	reader.Keep(s.from)
	defer reader.Release()
	frameSize := from.format.FrameSize()
	atOnce := max(1, min(from.format.SampleRate/readsPerSecond, from.ring.Capacity()/4))
	data := make([]byte, atOnce*frameSize)
	for ctx.Err() == nil {
		first, n, err := reader.Read(ctx, s.from, data)
		switch {
		case err == nil:
			s.put(from.format, first, data[:n*frameSize])
		case ctx.Err() == nil:
			return // io.EOF: the ring is closed and empty
		}
	}
	// The ring holds the rest up to the stop. The context has ended, so that Read
	// does not block.
	for s.from < s.until {
		want := int(min(s.until-s.from, uint64(atOnce)))
		first, n, err := reader.Read(ctx, s.from, data[:want*frameSize])
		switch {
		case first >= s.until || err != nil && first == s.from:
			s.from = s.until // the newest was lost
		case err != nil:
			s.from = first // fewer frames follow than were asked for
		default:
			s.put(from.format, first, data[:min(n, int(s.until-first))*frameSize])
		}
	}
	if len(s.parts) > 0 {
		s.parts[len(s.parts)-1].Finish(s.until)
	}
}

// put passes audio frames to the writer of their format.
func (s *recording) put(format media.AudioFormat, first uint64, data []byte) {
	s.part(format).Put(first, data)
	s.from = first + uint64(len(data)/format.FrameSize())
}

// sameFormat reports whether sound of two formats may be in one file.
func sameFormat(a, b media.AudioFormat) bool {
	a.Device, b.Device = "", ""
	return a == b
}
