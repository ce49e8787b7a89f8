package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/oneline"
	"av_capture/src/internal/wav"
)

// snippet is a copy of the newest sound.
type snippet struct {
	format media.AudioFormat
	data   []byte
	silent int // [audio frames] of silence in data, in place of lost sound
}

// Snippet writes the newest sound to a file: as many audio frames as a ring holds
// (fifo_size), or all if there were fewer. Sound from before a loss of the device is included if its format is
// the same. The message is the path and, in a further line, a remark on the content.
func (r *Recorder) Snippet(ctx context.Context) (message string, err error) {
	folder, free, err := r.slot()
	if err != nil {
		return "", err
	}
	now := r.config.Now()
	s, err := r.newest()
	if err != nil {
		free()
		return "", err
	}
	return r.request(ctx, "writing a snippet", free, func(wanted func() bool) (string, error) { return r.save(folder, s, now, wanted) })
}

// save writes a snippet to a file in a folder, and removes the file if the request was
// abandoned.
func (r *Recorder) save(folder string, s *snippet, now time.Time, wanted func() bool) (message string, err error) {
	file, path, err := r.create(folder, r.config.Name, now, "_snippet")
	if err != nil {
		return "", fmt.Errorf("no snippet: %w", err)
	}
	if err := s.write(file); err != nil {
		return "", oneline.Join(fmt.Errorf("no snippet: %w", err), os.Remove(path))
	}
	if !wanted() {
		return "", os.Remove(path)
	}
	if !exists(path) {
		return "", fmt.Errorf("no snippet: %s was removed while it was written", path)
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
	return oneline.Join(w.Write(s.data), w.Close())
}

// newest copies the newest sound. The ring's writer may wait for that copy.
func (r *Recorder) newest() (*snippet, error) {
	r.mu.Lock()
	latest, previous := r.latest, r.previous
	r.mu.Unlock()
	if latest != nil {
		latest.ring.Refresh()
	}
	if latest != nil && latest.empty() {
		latest, previous = previous, nil // no sound yet
	}
	if latest == nil {
		return nil, errors.New("no snippet: no sound has come yet")
	}
	frameSize := latest.format.FrameSize()
	data := bytes.Repeat([]byte{wav.Silence(latest.format.Encoding)}, latest.ring.Capacity()*frameSize)
	begin := latest.ring.Oldest()
	// In one call: each captured frame overwrites the oldest one.
	first, head, copied := latest.ring.Latest(data)
	if previous != nil && !previous.empty() && sameFormat(previous.format, latest.format) {
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

// empty reports whether an opening has no sound yet.
func (o *opening) empty() bool { return o.ring.Oldest() == o.ring.Head() }

// forget drops the previous opening once the latest one fills a snippet. r.mu is held.
func (r *Recorder) forget() {
	if r.latest != nil && r.previous != nil &&
		r.latest.ring.Head()-r.latest.ring.Oldest() >= uint64(r.latest.ring.Capacity()) {
		r.previous = nil
	}
}
