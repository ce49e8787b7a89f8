package microphone

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/soundsystem"
)

// Source is an [acquire.AudioSource] of a microphone.
//
// Run calls emit on a thread of the sound system's, directly from its callback.
// A sound system that no longer answers cannot block Run, Close, or an Open whose
// context has ended for longer than two seconds: what does not end is left behind,
// and ends when it can.
type Source struct {
	config Config

	mu       sync.Mutex // guards what follows, against Close
	recorder *recorder
	noticed  string
}

var _ acquire.AudioSource = (*Source)(nil)

// New returns a source; Open checks the configuration.
func New(config Config) *Source {
	if config.Backend == "" {
		config.Backend = soundsystem.Auto
	}
	if config.Device == "" {
		config.Device = Default
	}
	return &Source{config: config}
}

// Open finds the microphone and opens it.
//
// Its errors are [acquire.ErrAbsent] where there is no sound system or no
// microphone, [acquire.ErrUnknownDevice] where none or several have the name,
// [acquire.ErrBusy], and [acquire.ErrUnsupported] where a value is out of range
// or would need the conversion that is not allowed.
func (s *Source) Open(ctx context.Context) (acquire.AudioFormat, error) {
	format, err := s.open(ctx)
	if err != nil {
		return acquire.AudioFormat{}, fmt.Errorf("microphone: open %q: %w", s.config.Device, err)
	}
	return format, nil
}

func (s *Source) open(ctx context.Context) (acquire.AudioFormat, error) {
	if err := s.config.validate(); err != nil {
		return acquire.AudioFormat{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.recorder != nil {
		return acquire.AudioFormat{}, errors.New("already open")
	}
	type opened struct {
		recorder *recorder
		notice   string
	}
	o, err := soundsystem.Await(ctx, func() (opened, error) {
		r, notice, err := s.config.record()
		return opened{r, notice}, err
	}, func(o opened) { o.recorder.stream.Free() })
	if err != nil {
		return acquire.AudioFormat{}, err
	}
	if o.notice != "" && o.notice != s.noticed && s.config.Notice != nil {
		s.config.Notice(o.notice)
	}
	s.noticed = o.notice
	s.recorder = o.recorder
	return s.recorder.format, nil
}

// Run records until ctx ends, and then returns nil, or until no sound has come
// for two seconds, and then returns an [acquire.ErrLost].
func (s *Source) Run(ctx context.Context, emit func(acquire.Period)) error {
	s.mu.Lock()
	r := s.recorder
	s.mu.Unlock()
	if r == nil {
		return errors.New("microphone: run: not open")
	}
	r.hand(emit)
	err := r.stream.Watch(ctx)
	r.hand(nil)
	r.stream.Stop()
	if err != nil {
		return fmt.Errorf("microphone: %q: %w: %w", r.stream.Format().Device, err, acquire.ErrLost)
	}
	return nil
}

// Close gives the device back. It may be called any number of times, but not
// while Run is running.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recorder
	s.recorder = nil
	if r == nil {
		return nil
	}
	if err := r.stream.Close(); err != nil {
		return fmt.Errorf("microphone: close %q: %w", r.stream.Format().Device, err)
	}
	return nil
}
