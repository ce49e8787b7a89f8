package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/listener"
	"av_capture/src/internal/record"
	"av_capture/src/internal/wav"
)

// errDone ends the listening when all is saved that was asked for.
var errDone = errors.New("done")

// saver writes what it hears to files: a part for each format, and each time
// that the sound begins anew.
type saver struct {
	options *options
	node    *listener.Node
	path    string
	cancel  func() // ends the listening

	// The listening goroutine alone uses what follows, the progress's reads it.
	mu       sync.Mutex
	sequence listener.Sequence
	parts    []*record.Tape
	first    uint64        // index of the first audio frame of the current part
	end      uint64        // index one past what the current part is to hold
	before   time.Duration // how long the parts before sound
	missing  uint64        // [audio frames] in all
	heard    time.Time     // when the newest block came; zero before the first
}

// run saves until ctx ends, or all is saved that was asked for.
func (o *options) run(ctx context.Context, n *listener.Node) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	path, err := filepath.Abs(o.flags.Arg(0))
	if err != nil {
		return listener.Usagef("%w", err)
	}
	// Made at once, so that one hears soon if it cannot be.
	file, err := o.create(path)
	if err != nil {
		return listener.Usagef("%w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := &saver{options: o, node: n, path: path, cancel: cancel}
	fmt.Printf("listening to %s, saving to %s\n", n.Topic, path)
	var watching sync.WaitGroup
	watching.Go(func() { listener.EachSecond(ctx, s.progress) })
	err = n.Listen(ctx, func(b listener.Block) error { return s.take(file, b) })
	cancel()
	watching.Wait()
	if errors.Is(err, errDone) {
		err = nil
	}
	return errors.Join(err, s.close(file))
}

// create makes the file of a path.
func (o *options) create(path string) (*os.File, error) {
	mode := os.O_RDWR | os.O_CREATE | os.O_EXCL
	if o.overwrite {
		mode = os.O_RDWR | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(path, mode, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s is there already: choose another name, or give --overwrite", path)
	}
	return file, err
}

// part returns the path of a part, from 1 on.
func (s *saver) part(number int) string {
	if number == 1 {
		return s.path
	}
	extension := filepath.Ext(s.path)
	return fmt.Sprintf("%s_part%d%s", strings.TrimSuffix(s.path, extension), number, extension)
}

// take saves a block.
func (s *saver) take(file *os.File, b listener.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = time.Now()
	step, missing := s.sequence.Next(b)
	switch step {
	case listener.Begins:
		s.begin(b, func() (wav.File, string, error) { return file, s.path, nil })
	case listener.Skips:
		if s.options.gaps == "refuse" {
			return fmt.Errorf("%d audio frames are missing after %v of sound; --gaps fill would write silence",
				missing, s.before+duration(b.Format, s.end-s.first))
		}
		s.missing += missing
	case listener.Restarts, listener.Reformats:
		if publishers := s.node.Publishers(); publishers > 1 {
			return fmt.Errorf("%d nodes publish %s, and their sound cannot be told apart: give them topics of their own", publishers, s.node.Topic)
		}
		why := "the sound begins anew"
		if step == listener.Reformats {
			why = "the format changes to " + b.Format.String()
		}
		if s.options.gaps == "refuse" {
			return fmt.Errorf("%s after %v; --gaps fill would go on in another file", why, s.before+duration(s.current().Format(), s.end-s.first))
		}
		s.before += duration(s.current().Format(), s.end-s.first)
		s.current().Finish(s.end)
		path := s.part(len(s.parts) + 1)
		fmt.Printf("%s, going on in %s\n", why, path)
		s.begin(b, func() (wav.File, string, error) {
			file, err := s.options.create(path)
			return file, path, err
		})
	}
	s.end = b.End()
	limit := s.limit(b.Format)
	data := b.Data
	if s.end >= limit {
		s.end = limit
		data = data[:int(limit-min(b.First, limit))*b.Format.FrameSize()]
	}
	s.current().Put(b.First, data)
	if err := s.current().Status().Err; err != nil {
		return errDone // which the part tells when it is closed
	}
	if s.end == limit {
		return errDone
	}
	return nil
}

// begin begins a part with a block. s.mu is held.
func (s *saver) begin(b listener.Block, open record.Opener) {
	s.parts = append(s.parts, record.NewTape(b.Format, open, func(*record.Tape) { s.cancel() }))
	s.first = b.First
}

func (s *saver) current() *record.Tape { return s.parts[len(s.parts)-1] }

// limit returns the index at which the current part ends at the latest. s.mu is
// held.
func (s *saver) limit(format acquire.AudioFormat) uint64 {
	if s.options.duration == 0 {
		return math.MaxUint64
	}
	left := s.options.duration - s.before.Seconds()
	return s.first + uint64(math.Round(max(left, 0)*float64(format.SampleRate)))
}

// progress prints how far it is, and ends the listening when nothing has come for
// too long.
func (s *saver) progress() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.heard.IsZero() {
		return
	}
	fmt.Printf("%8.1f s, %d audio frames missing\n", (s.before + duration(s.current().Format(), s.end-s.first)).Seconds(), s.missing)
	if idle := s.options.idle; idle > 0 && time.Since(s.heard).Seconds() > idle {
		s.cancel()
	}
}

// close completes the files and says what is in them.
func (s *saver) close(file *os.File) error {
	if len(s.parts) == 0 {
		return errors.Join(
			fmt.Errorf("nothing is saved: no sound has come on %s", s.node.Topic), file.Close(), os.Remove(s.path))
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
		fmt.Println(text)
	}
	return errors.Join(errs...)
}

// duration returns how long so many audio frames sound.
func duration(format acquire.AudioFormat, frames uint64) time.Duration {
	return time.Duration(float64(frames) / float64(format.SampleRate) * float64(time.Second)).Round(time.Microsecond)
}
