package ffmpeg

import (
	"context"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/ffmpegprocess"
	"av_capture/src/internal/media"
	"av_capture/src/internal/regularfile"
)

// SoundConfig describes a film, or another file with sound, and how to play it.
type SoundConfig struct {
	Path         string
	Encoding     media.SampleFormat // of one sample
	Loop         bool               // begin anew at the end (optional)
	Batch        bool               // as fast as emit takes it, which may then block (optional)
	PeriodFrames int                // [audio frames] of a period, at least 1

	// Owner names this source, as in "node /microphone", to other sources of the process
	// that play the same film. Film names that to all of them, which Timelines keep in step.
	// Both are empty for a file that is played by itself.
	Owner     string
	Film      string
	Timelines *timing.Timelines

	// Open opens Path at each opening of the source, and refuses files that may not be
	// opened (optional).
	Open func(path string) (*os.File, error)

	// Notice gets each of ffmpeg's messages once (optional). It may be called by any
	// goroutine, until Close returns.
	Notice func(text string)
}

const (
	// joinLimit is the greatest lateness of the first sound of a source that joins a film.
	joinLimit = 200 * time.Millisecond

	// seekFrom is the lateness from which such a source seeks; what is less is decoded and
	// dropped.
	seekFrom = 10 * time.Second
)

// idle are messages of ffmpeg that mean nothing here: that channels have no positions, and that
// there are no images whose size to limit.
var idle = regexp.MustCompile("Guessed Channel Layout|" + maxPixels[1:] + ".* has not been used for any stream")

// Sound is an [acquire.AudioSource] of the sound of a film, which ffmpeg decodes. Rate and
// channels are the film's own.
//
// It is paced like a sound card: a late consumer finds up to half a second waiting, and older
// sound is reported as Lost. Sound comes without a gap from the first audio frame of the film
// on: it is silence while the film has none, and until all sources that play the film have
// come to their end. Arrival is the time at which the sound was due. In batch mode it waits
// for emit alone, and nothing is lost.
type Sound struct {
	config SoundConfig
	log    *ffmpegprocess.Log

	// From Open to Close.
	file    *os.File
	part    *timing.Part
	format  media.AudioFormat
	zero    time.Duration // of positions in the film, on the file's clock: the first image
	decoder *decoder      // of this pass
	next    *decoder      // of the next one, once this one has ended; nil before
}

var (
	_ acquire.AudioSource = (*Sound)(nil)
	_ acquire.Patient     = (*Sound)(nil)
	_ acquire.Checker     = (*Sound)(nil)
)

// NewSound returns a source; Open opens the file.
func NewSound(config SoundConfig) *Sound {
	s := &Sound{config: config}
	s.log = ffmpegprocess.NewLog(func(text string) {
		if config.Notice != nil && !idle.MatchString(text) {
			config.Notice(s.named(text))
		}
	})
	return s
}

// Patience implements [acquire.Patient]: see [Source.Patience].
func (s *Sound) Patience() acquire.Patience {
	return acquire.Patience{
		Open: 2*firstImageLimit + 10*time.Second,
		Cure: "look at the disk or the file server, or set device to another file",
	}
}

// Check implements [acquire.Checker].
func (s *Sound) Check() error {
	switch {
	case s.config.PeriodFrames < 1:
		return fmt.Errorf("ffmpeg: block_size is %d, must be at least 1: %w", s.config.PeriodFrames, media.ErrUnsupported)
	case soundFormats[s.config.Encoding] == "":
		return fmt.Errorf("ffmpeg: sample_format is %q, must be one of %v: %w", s.config.Encoding, media.SampleFormats, media.ErrUnsupported)
	}
	return nil
}

// named replaces the name that ffmpeg has of the file.
func (s *Sound) named(text string) string {
	return strings.NewReplacer(handedFile, s.config.Path, strings.TrimPrefix(handedFile, "file:"), s.config.Path).Replace(text)
}

// Open starts ffmpeg and waits for the first sound. Its error is that of SoundConfig.Open, or
// [media.ErrUnsupported] if the file cannot be played.
func (s *Sound) Open(ctx context.Context) (media.AudioFormat, error) {
	if err := s.Check(); err != nil {
		return media.AudioFormat{}, err
	}
	s.part = s.config.Timelines.Join(s.config.Owner, s.config.Film)
	if err := s.open(ctx); err != nil {
		_ = s.Close()
		return media.AudioFormat{}, fmt.Errorf("ffmpeg: open %q: %w", s.config.Path, s.renamed(err))
	}
	s.log.Speak()
	return s.format, nil
}

// open opens the file and waits for the first sound.
func (s *Sound) open(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	open := s.config.Open
	if open == nil {
		open = regularfile.Open
	}
	if s.file, err = open(s.config.Path); err != nil {
		return err
	}
	images, found, err := imageStart(ctx, "ffprobe", s.file, s.log)
	if err != nil {
		return err
	}
	if err = s.decode(ctx, nil); err != nil {
		return err
	}
	s.format = s.decoder.format
	s.format.Device = s.config.Path
	if s.zero = s.decoder.start; found {
		s.zero = images
	}
	return nil
}

// decode starts the decoder of this pass, from about a time on the file's clock on.
func (s *Sound) decode(ctx context.Context, from *time.Duration) (err error) {
	if s.decoder != nil {
		s.decoder.close()
		s.decoder = nil
	}
	if s.decoder, err = decode("ffmpeg", s.file, s.config.Encoding, from, s.log); err != nil {
		return err
	}
	return s.decoder.wait(ctx)
}

// renamed is an error whose text has the file's name.
func (s *Sound) renamed(err error) error { return renamedError{err, s.named(err.Error())} }

type renamedError struct {
	error
	text string
}

func (e renamedError) Error() string { return e.text }
func (e renamedError) Unwrap() error { return e.error }

// base returns the index of a decoder's first audio frame in the film.
func (s *Sound) base(d *decoder) int64 { return s.index(d.start - s.zero) }

// index returns the number of audio frames in a time.
func (s *Sound) index(t time.Duration) int64 {
	return int64(math.Round(t.Seconds() * float64(s.format.SampleRate)))
}

// position returns the time that so many audio frames take.
func (s *Sound) position(frames int64) time.Duration {
	return time.Duration(math.Round(float64(frames) / float64(s.format.SampleRate) * float64(time.Second)))
}

// Run emits periods until ctx ends, and then returns nil, or until the film ends, and then
// returns an [media.ErrEnd]. The last period may be shorter. Run calls emit on its own
// goroutine.
func (s *Sound) Run(ctx context.Context, emit func(media.Period)) error {
	err := s.play(ctx, emit)
	if err == nil || ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("ffmpeg: %q: %w", s.config.Path, s.renamed(err))
}

// pass is a playing of the film from its beginning to its end. Indices of audio frames count
// from the first one that is emitted.
type pass struct {
	zero  int64 // index of the film's position 0
	ended bool  // the sound has
	last  int64 // index behind the sound, once it has
	known bool  // end is known
	end   int64 // index behind the film
	next  int64 // zero of the next pass
}

// play emits periods until ctx or the film ends.
func (s *Sound) play(ctx context.Context, emit func(media.Period)) error {
	alarm, err := clock.NewThreadAlarm(ctx)
	if err != nil {
		return err
	}
	defer alarm.Close()
	if !s.part.Begin(ctx, s.position(s.base(s.decoder))) {
		return nil
	}
	at, err := s.join(ctx)
	if err != nil {
		return err
	}
	start := s.part.Due(s.position(at))
	pace := timing.NewPace(s.format.SampleRate)
	pace.Start(start)
	wait := pace.Next
	if s.config.Batch {
		wait = pace.NoWait
	}
	period := make([]byte, s.config.PeriodFrames*s.format.FrameSize()) // the node may have refused the format by now
	p := &pass{zero: -at}
	for k := int64(0); ; {
		if err := s.look(p, start); err != nil {
			return err
		}
		frames := s.left(p, k)
		if frames == 0 {
			return media.ErrEnd
		}
		_, lost, ok := wait(alarm, int(frames))
		if !ok {
			return nil
		}
		k += int64(lost)
		// The loss may reach to the end.
		frames = min(frames, s.left(p, k))
		data := period[:frames*int64(s.format.FrameSize())]
		if err := s.fill(ctx, p, start, data, k); err != nil {
			return err
		}
		// The end may have been reached only now.
		short := frames
		frames = min(frames, s.left(p, k))
		short -= frames
		k += frames
		if frames > 0 {
			emit(media.Period{
				Data: data[:frames*int64(s.format.FrameSize())], Frames: int(frames),
				Arrival: pace.Due() - s.position(short), Lost: lost,
			})
		}
	}
}

// left returns the number of audio frames of the period at an index: fewer at the end.
func (s *Sound) left(p *pass, k int64) int64 {
	if p.known && !s.config.Loop {
		return min(int64(s.config.PeriodFrames), max(0, p.end-k))
	}
	return int64(s.config.PeriodFrames)
}

// join returns the index in the film of the first audio frame to be played: the first one that
// there is, or the present one if the film is under way.
func (s *Sound) join(ctx context.Context) (int64, error) {
	base := s.base(s.decoder)
	due := s.part.Due(s.position(base))
	if !s.part.Joined() {
		return base, nil
	}
	if late := clock.Monotonic() - due; late > seekFrom {
		from := s.decoder.start + late - seekFrom/2
		err := s.decode(ctx, &from)
		if err != nil && ctx.Err() == nil {
			// The sound has ended before, or the file cannot seek: the rest is dropped.
			err = s.decode(ctx, nil)
		}
		if err != nil {
			return 0, err
		}
	}
	for {
		at := base + max(0, s.index(clock.Monotonic()-due))
		// The frame before, so that this one is the next.
		if _, err := s.decoder.take(ctx, make([]byte, s.format.FrameSize()), at-1-s.base(s.decoder)); err != nil {
			return 0, err
		}
		if clock.Monotonic()-s.part.Due(s.position(at)) < joinLimit {
			return at, nil
		}
	}
}

// look finds out whether the sound has ended, and if so, where the film ends.
func (s *Sound) look(p *pass, start time.Duration) (err error) {
	if !p.ended {
		var frames int64
		if frames, p.ended = s.decoder.end(); !p.ended {
			return nil
		}
		frames += s.base(s.decoder)
		p.last = p.zero + frames
		s.part.End(s.position(frames))
		if s.config.Loop {
			if s.next, err = decode("ffmpeg", s.file, s.config.Encoding, nil, s.log); err != nil {
				return err
			}
		}
	}
	if !p.known && s.part.Next() {
		s.learn(p, start)
	}
	return nil
}

// learn notes where the film ends.
func (s *Sound) learn(p *pass, start time.Duration) {
	began, _ := s.part.Began()
	p.known, p.end, p.next = true, s.index(began-start), s.index(s.part.Due(0)-start)
}

// fill fills data with the sound from an index on, of one pass after the other.
func (s *Sound) fill(ctx context.Context, p *pass, start time.Duration, data []byte, k int64) error {
	frame := int64(s.format.FrameSize())
	silence := byte(0)
	if s.format.Encoding == media.U8 {
		silence = 128
	}
	for i := range data {
		data[i] = silence
	}
	for len(data) > 0 {
		if err := s.look(p, start); err != nil {
			return err
		}
		part := int64(len(data))
		if p.known && s.config.Loop {
			if k >= p.end {
				if err := s.repeat(ctx); err != nil {
					return err
				}
				*p = pass{zero: p.next}
				continue
			}
			part = min(part, (p.end-k)*frame)
		}
		if p.ended && !p.known && k+part/frame > p.last {
			// Before it gives silence.
			if s.part.AwaitUntil(ctx, start+s.position(k+part/frame)+timing.Grace) {
				s.learn(p, start)
				continue
			}
		}
		taken, err := s.decoder.take(ctx, data[:part], k-p.zero-s.base(s.decoder))
		if err != nil {
			return err
		}
		if p.ended {
			taken = part / frame // silence behind the end
		}
		data, k = data[taken*frame:], k+taken
	}
	s.part.Due(s.position(k - p.zero)) // others go on without a part that stands still
	return nil
}

// repeat goes to the decoder of the next pass.
func (s *Sound) repeat(ctx context.Context) error {
	s.decoder.close()
	s.decoder, s.next = s.next, nil
	if err := s.decoder.wait(ctx); err != nil {
		return err
	}
	if got := s.decoder.format; got.SampleRate != s.format.SampleRate || got.Channels != s.format.Channels {
		return fmt.Errorf("the file begins again with %s: %w", got, media.ErrLost)
	}
	return nil
}

// Close ends ffmpeg and closes the file. It blocks while the kernel blocks the process.
func (s *Sound) Close() error {
	if s.part != nil {
		s.part.Leave() // first: others wait for it
	}
	s.log.Mute() // ffmpeg complains of the closed pipe
	for _, d := range []*decoder{s.decoder, s.next} {
		if d != nil {
			d.close()
		}
	}
	s.log.Mute()
	s.decoder, s.next, s.part = nil, nil, nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}
