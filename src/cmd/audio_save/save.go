package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
	"av_capture/src/internal/program"
	"av_capture/src/internal/record"
	"av_capture/src/internal/regularfile"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/wav"
)

// errDone ends the listening after the sound of --duration.
var errDone = errors.New("done")

const (
	// mostParts bounds the files of one recording. A node that is restarted every minute
	// reaches it after hours, one that counts backwards within a second.
	mostParts = 100

	// longestGap is the longest gap that is filled with silence. After a longer one the sound
	// goes on in another file.
	longestGap = time.Hour

	// silenceRoom bounds the silence in a file of U8 [bytes], unless the file's sound
	// takes more. Beyond it the sound goes on in another file. In other encodings silence
	// is zeros, which are holes in the file and take no disk; in U8 it is 128.
	silenceRoom = 1 << 30
)

// saver writes the sound to files. Each change of format, and each restart of the indices,
// begins another part.
type saver struct {
	options *options
	topic   string
	mixed   func() int // number of publishers that cannot be told apart
	path    string
	cancel  func() // ends the listening

	// The listening goroutine alone changes the rest; the progress's reads it.
	mu       sync.Mutex
	sequence subscriber.Sequence
	parts    []*record.AsyncWriter
	first    uint64        // index of the first audio frame of the current part
	end      uint64        // index one past the last audio frame of the current part
	before   time.Duration // duration of the parts before
	sound    time.Duration // received for the current part
	silence  time.Duration // filled into the current part
	missing  uint64        // [audio frames] in all
	heard    time.Time     // arrival of the newest block; zero before the first
}

// save saves until the process is asked to end, or until --duration or --idle ends it.
func (o *options) save(process program.Lifetime, n *subscriber.Node) error {
	path, err := filepath.Abs(o.flags.Arg(0))
	if err != nil {
		return param.Misconfigured("%w", err)
	}
	// At once, so that an error is seen before there is sound.
	file, err := o.create(path)
	if err != nil {
		return param.Misconfigured("%w", err)
	}
	ctx, cancel := context.WithCancel(process.Context())
	defer cancel()
	s := &saver{options: o, topic: n.Sound.Name, mixed: n.Mixed, path: path, cancel: cancel}
	defer context.AfterFunc(process.Context(), s.cutShort)()
	fmt.Fprintf(program.Out, "listening to %s, saving to %s\n", n.Sound.Name, path)
	var watching sync.WaitGroup
	watching.Add(1)
	go func() {
		defer watching.Done()
		program.EachSecond(ctx, s.progress)
	}()
	heard := process.Doing("listening to " + n.Sound.Name)
	err = n.Listen(ctx, func(b subscriber.Block) error { return s.take(file, b) })
	heard()
	defer process.Doing("finishing " + path)()
	cancel()
	watching.Wait()
	if errors.Is(err, errDone) {
		err = nil
	}
	return errors.Join(err, s.close(file))
}

// create makes the file of a path.
func (o *options) create(path string) (*os.File, error) {
	return regularfile.Output(path, o.overwrite)
}

// part returns the path of a part, counted from 1.
func (s *saver) part(number int) string {
	if number == 1 {
		return s.path
	}
	extension := filepath.Ext(s.path)
	return fmt.Sprintf("%s_part%d%s", strings.TrimSuffix(s.path, extension), number, extension)
}

// take saves a block.
func (s *saver) take(file *os.File, b subscriber.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = time.Now()
	step, missing := s.sequence.Next(b)
	switch step {
	case subscriber.Begins:
		s.begin(b, func() (wav.File, string, error) { return file, s.path, nil })
	case subscriber.Skips:
		if s.options.gaps == "refuse" {
			return fmt.Errorf("%d audio frames are missing after %v of sound; --gaps fill would write silence",
				missing, s.before+duration(b.Format, s.end-s.first))
		}
		if !s.bearable(b.Format, missing) {
			why := fmt.Sprintf("%v of sound are missing, for which no silence is written", duration(b.Format, missing))
			if err := s.goOn(b, why); err != nil {
				return err
			}
			break
		}
		s.missing += missing
		s.silence += duration(b.Format, missing)
	case subscriber.Restarts, subscriber.Reformats:
		if publishers := s.mixed(); publishers > 1 {
			return fmt.Errorf("%d nodes publish %s, and their sound cannot be told apart: give them topics of their own", publishers, s.topic)
		}
		why := "the sound restarts"
		if step == subscriber.Reformats {
			why = "the format changes to " + b.Format.String()
		}
		if s.options.gaps == "refuse" {
			return fmt.Errorf("%s after %v; --gaps fill would go on in another file", why, s.before+duration(s.current().Format(), s.end-s.first))
		}
		if err := s.goOn(b, why); err != nil {
			return err
		}
	}
	s.end = b.End()
	s.sound += duration(b.Format, b.End()-b.First)
	limit := s.limit(b.Format)
	data := b.Data
	if s.end >= limit {
		s.end = limit
		data = data[:int(limit-min(b.First, limit))*b.Format.FrameSize()]
	}
	s.current().Put(b.First, data)
	if err := s.current().Status().Err; err != nil {
		return errDone // closing the part returns its error
	}
	if s.end == limit {
		return errDone
	}
	return nil
}

// begin begins a part with a block. s.mu is held.
func (s *saver) begin(b subscriber.Block, open record.Opener) {
	s.parts = append(s.parts, record.NewAsyncWriter(b.Format, open, func(*record.AsyncWriter) { s.cancel() }))
	s.first = b.First
}

// bearable reports whether silence may fill a gap of so many audio frames. The caller
// holds s.mu.
func (s *saver) bearable(format media.AudioFormat, missing uint64) bool {
	gap := duration(format, missing)
	if gap > longestGap {
		return false
	}
	if wav.Silence(format.Encoding) == 0 {
		return true
	}
	room := duration(format, silenceRoom/uint64(format.FrameSize()))
	return s.silence+gap <= max(room, s.sound)
}

// goOn begins another part with a block, and prints why. s.mu is held.
func (s *saver) goOn(b subscriber.Block, why string) error {
	if len(s.parts) == mostParts {
		return fmt.Errorf("%s, and this recording has %d files already: see what publishes %s (ros2 topic info -v), and start again with another FILE",
			why, mostParts, s.topic)
	}
	s.before += duration(s.current().Format(), s.end-s.first)
	s.sound, s.silence = 0, 0
	s.current().Finish(s.end)
	path := s.part(len(s.parts) + 1)
	fmt.Fprintf(program.Out, "%s, going on in %s\n", why, path)
	s.begin(b, func() (wav.File, string, error) {
		file, err := s.options.create(path)
		return file, path, err
	})
	return nil
}

// cutShort ends silence that is being written, when the process is to end.
func (s *saver) cutShort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, part := range s.parts {
		part.CutShort()
	}
}

func (s *saver) current() *record.AsyncWriter { return s.parts[len(s.parts)-1] }

// limit returns the index at which --duration ends the current part. s.mu is held.
func (s *saver) limit(format media.AudioFormat) uint64 {
	if s.options.duration == 0 {
		return math.MaxUint64
	}
	left := s.options.duration - s.before.Seconds()
	return s.first + uint64(math.Round(max(left, 0)*float64(format.SampleRate)))
}

// progress prints a line, and ends the listening when no block has come for too long.
func (s *saver) progress() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard.IsZero() {
		return
	}
	fmt.Fprintf(program.Out, "%8.1f s, %d audio frames missing\n", (s.before + duration(s.current().Format(), s.end-s.first)).Seconds(), s.missing)
	if idle := s.options.idle; idle > 0 && time.Since(s.heard).Seconds() > idle {
		s.cancel()
	}
}

// close completes the files and prints their contents.
func (s *saver) close(file *os.File) error {
	if len(s.parts) == 0 {
		return errors.Join(
			fmt.Errorf("nothing is saved: no sound has come on %s", s.topic), file.Close(), os.Remove(s.path))
	}
	var errs []error
	for i, part := range s.parts {
		end := uint64(0)
		if i == len(s.parts)-1 {
			end = s.end
		}
		status := part.Close(end)
		if status.Err != nil {
			errs = append(errs, fmt.Errorf("%s is cut off: %w", status.Path, status.Err))
		}
		text := fmt.Sprintf("saved %s: %.3f s, %d audio frames of %s", status.Path,
			duration(part.Format(), status.Frames).Seconds(), status.Frames, part.Format())
		if status.Silence > 0 {
			text += fmt.Sprintf(", %d of them silence in place of what is missing", status.Silence)
		}
		if status.Late > 0 {
			text += fmt.Sprintf(" (%d since the disk is too slow)", status.Late)
		}
		fmt.Fprintln(program.Out, text)
	}
	return errors.Join(errs...)
}

// duration returns the duration of a number of audio frames, at most the longest there is.
func duration(format media.AudioFormat, frames uint64) time.Duration {
	nanoseconds := float64(frames) / float64(format.SampleRate) * float64(time.Second)
	if nanoseconds >= math.MaxInt64 {
		return math.MaxInt64
	}
	return time.Duration(nanoseconds).Round(time.Microsecond)
}
