package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/wav"
)

// snippet is a copy of the newest sound.
type snippet struct {
	format acquire.AudioFormat
	data   []byte
	silent int // [audio frames] in data in place of lost sound
}

// Snippet writes the newest sound to a file: as many audio frames as a ring
// holds, or all if there were fewer. It returns the path and, in a further line,
// what is to be said of the file. Sound from before a loss of the device belongs
// to it if its format is the same.
func (r *Recorder) Snippet() (message string, err error) {
	now := r.config.Now()
	s, err := r.newest()
	if err != nil {
		return "", err
	}
	file, path, err := create(r.folder(), r.config.Name, now, "_snippet")
	if err != nil {
		return "", fmt.Errorf("no snippet: %w", err)
	}
	if err := s.write(file); err != nil {
		return "", errors.Join(fmt.Errorf("no snippet: %w", err), os.Remove(path))
	}
	message = path
	if s.silent > 0 {
		rate := float64(s.format.SampleRate)
		message += fmt.Sprintf("\n%d audio frames (%v) of it are silence in place of lost sound",
			s.silent, time.Duration(float64(s.silent)/rate*float64(time.Second)).Round(time.Millisecond))
	}
	r.config.Info("saved the newest sound to " + path)
	return message, nil
}

// write writes the snippet to an empty file and closes it.
func (s *snippet) write(file *os.File) error {
	w, err := wav.NewWriter(file, s.format)
	if err != nil {
		file.Close()
		return err
	}
	return errors.Join(w.Write(s.data), w.Close())
}

// newest copies the newest sound. The ring's writer waits for one copy of it.
func (r *Recorder) newest() (*snippet, error) {
	r.mu.Lock()
	latest, previous := r.latest, r.previous
	r.mu.Unlock()
	if latest != nil && latest.empty() {
		latest, previous = previous, nil // nothing has come yet
	}
	if latest == nil {
		return nil, errors.New("no snippet: no sound has come yet")
	}
	frameSize := latest.format.FrameSize()
	data := bytes.Repeat([]byte{wav.Silence(latest.format.Encoding)}, latest.ring.Capacity()*frameSize)
	begin := latest.ring.Oldest()
	// In one go, since each frame that is captured overwrites the oldest.
	first, head, copied := latest.ring.Latest(data)
	if previous != nil && !previous.empty() && alike(previous.format, latest.format) {
		begin = min(begin, previous.ring.Oldest())
		copied += previous.ring.Copy(first, data)
	}
	begin = max(begin, first)
	s := &snippet{
		format: latest.format,
		data:   data[int(begin-first)*frameSize : int(head-first)*frameSize],
	}
	s.silent = int(head-begin) - copied
	return s, nil
}

// empty says whether nothing has come of an opening yet.
func (o *opening) empty() bool { return o.ring.Oldest() == o.ring.Head() }

// forget gives up the sound of an opening that no snippet needs any more. r.mu
// is held.
func (r *Recorder) forget() {
	if r.latest != nil && r.previous != nil &&
		r.latest.ring.Head()-r.latest.ring.Oldest() >= uint64(r.latest.ring.Capacity()) {
		r.previous = nil
	}
}
