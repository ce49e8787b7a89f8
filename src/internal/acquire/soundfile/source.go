package soundfile

import (
	"context"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg"
	"av_capture/src/internal/acquire/wavfile"
	"av_capture/src/internal/media"
	"av_capture/src/internal/regularfile"
	"av_capture/src/internal/wav"
)

// Source is an [acquire.AudioSource] of a file. What the file is is seen when it is opened.
type Source struct {
	config ffmpeg.SoundConfig
	wav    *wavfile.Player
	film   *ffmpeg.Sound
	open   acquire.AudioSource // one of them; nil while closed
}

var (
	_ acquire.AudioSource = (*Source)(nil)
	_ acquire.Patient     = (*Source)(nil)
	_ acquire.CallCounter = (*Source)(nil)
)

// New returns a source; Open opens the file. Encoding is that of all but WAV files, which have
// their own, and are played by themselves.
func New(config ffmpeg.SoundConfig) *Source {
	if config.Open == nil {
		config.Open = regularfile.Open
	}
	return &Source{
		config: config,
		wav: wavfile.New(wavfile.Config{
			Path: config.Path, Open: config.Open, Loop: config.Loop, Batch: config.Batch,
			PeriodFrames: config.PeriodFrames, Notice: config.Notice,
		}),
		film: ffmpeg.NewSound(config),
	}
}

// Patience implements [acquire.Patient].
func (s *Source) Patience() acquire.Patience {
	patience := s.wav.Patience()
	patience.Open += s.film.Patience().Open
	return patience
}

// Calls implements [acquire.CallCounter]: it counts reads of a WAV file. ffmpeg has limits of
// its own.
func (s *Source) Calls() uint64 { return s.wav.Calls() }

// Open opens the file. Its error is [media.ErrAbsent] if there is no such file, and
// [media.ErrUnsupported] if the file cannot be played.
func (s *Source) Open(ctx context.Context) (media.AudioFormat, error) {
	var source acquire.AudioSource = s.film
	if s.isWAV() {
		s.config.Timelines.Expect(s.config.Owner, "") // it is no film: nobody waits for it
		source = s.wav
	}
	format, err := source.Open(ctx)
	if err == nil {
		s.open = source
	}
	return format, err
}

// isWAV reports whether the file is a WAV file, or cannot be opened: package wavfile then has
// the reason.
func (s *Source) isWAV() bool {
	file, err := s.config.Open(s.config.Path)
	if err != nil {
		return true
	}
	defer file.Close()
	return wav.Is(file)
}

// Run implements [acquire.Source]: it emits periods until ctx or the file ends.
func (s *Source) Run(ctx context.Context, emit func(media.Period)) error {
	return s.open.Run(ctx, emit)
}

// Close closes the file.
func (s *Source) Close() error {
	if s.open == nil {
		return nil
	}
	err := s.open.Close()
	s.open = nil
	return err
}
