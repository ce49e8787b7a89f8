package microphone

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

const (
	// look is how often the watchdog looks for callbacks.
	look = 250 * time.Millisecond

	// patience and warmUp are the looks without a callback after which a
	// device is lost: when it ran, and when it has just been started (a sound
	// server may have to wake a card up). Looks are counted rather than time:
	// a process that was stopped for a while has not looked, and the sound
	// that waits for it is not late.
	patience = int(2 * time.Second / look)
	warmUp   = int(5 * time.Second / look)

	// answer is how long a sound system may take to stop or free a device.
	answer = 2 * time.Second
)

// Source is an [acquire.AudioSource] of a microphone.
//
// Run calls emit on a thread of the sound system's, directly from its callback.
// A sound system that no longer answers cannot block Run or Close for longer
// than two seconds: what does not end is left behind, and ends when it can.
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
		config.Backend = Auto
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
	if err := ctx.Err(); err != nil {
		return acquire.AudioFormat{}, err
	}
	if err := s.config.validate(); err != nil {
		return acquire.AudioFormat{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.recorder != nil {
		return acquire.AudioFormat{}, errors.New("already open")
	}
	type result struct {
		recorder *recorder
		notice   string
		err      error
	}
	results := make(chan result, 1)
	go func() {
		r, notice, err := s.config.record()
		results <- result{r, notice, err}
	}()
	select {
	case r := <-results:
		if r.err != nil {
			return acquire.AudioFormat{}, r.err
		}
		if r.notice != "" && r.notice != s.noticed && s.config.Notice != nil {
			s.config.Notice(r.notice)
		}
		s.noticed = r.notice
		s.recorder = r.recorder
		return r.recorder.format, nil
	case <-ctx.Done():
		go func() {
			if r := <-results; r.recorder != nil {
				r.recorder.free()
			}
		}()
		return acquire.AudioFormat{}, ctx.Err()
	}
}

// record finds and opens the device, and tells of a conversion.
func (c Config) record() (r *recorder, notice string, err error) {
	system, device, err := locate(c.Backend, c.Device)
	if err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			system.close()
		}
	}()
	has, err := system.formats(device, c.SampleRate)
	if err != nil {
		return nil, "", err
	}
	chosen, converted := negotiate(has, Format{c.SampleRate, c.Channels, c.Encoding})
	if converted && !c.AllowConversion {
		return nil, "", fmt.Errorf("%s cannot give %s without conversion, it has %s; ask for that, or set allow_conversion: %w",
			device, chosen, list(has), acquire.ErrUnsupported)
	}
	if device.Backend == JACK && len(has) > 0 && has[0].Channels != chosen.Channels {
		// miniaudio 0.11.23 leaves the channels' positions of JACK empty, and
		// then refuses to mix them with a mere "invalid argument".
		return nil, "", fmt.Errorf("%s has %d channels, which cannot be converted to %d with JACK; set channels to %d or 0: %w",
			device, has[0].Channels, chosen.Channels, has[0].Channels, acquire.ErrUnsupported)
	}
	system.forget()
	r, err = record(system, device, chosen, c.PeriodFrames)
	if err != nil {
		return nil, "", err
	}
	if converted {
		notice = fmt.Sprintf("%s has %s; the sound system converts it to %s", device, list(has), r.format)
	}
	return r, notice, nil
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
	err := watch(ctx, r)
	r.hand(nil)
	within(answer, func() { _ = r.stop() }) // a device that has gone cannot be stopped, only freed
	if err != nil {
		return fmt.Errorf("microphone: %q: %w: %w", r.format.Device, err, acquire.ErrLost)
	}
	return nil
}

// watch starts the recorder and returns when ctx ends or callbacks stay out.
func watch(ctx context.Context, r *recorder) error {
	started := r.start()
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	seen, silent, allowed := r.callbacks.Load(), 0, warmUp
	running := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-started:
			if err != nil {
				return fmt.Errorf("start: %w", err)
			}
			running = true
			continue
		case <-ticker.C:
		}
		if now := r.callbacks.Load(); now != seen {
			seen, silent, allowed = now, 0, patience
			continue
		}
		if silent++; silent >= allowed {
			return fmt.Errorf("no sound for %v", time.Duration(silent)*look)
		}
		if running && !r.device.IsStarted() {
			return errors.New("the sound system has stopped it")
		}
	}
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
	if !within(answer, r.free) {
		return fmt.Errorf("microphone: close %q: the sound system does not answer, the device is left to it", r.format.Device)
	}
	return nil
}

// within runs f and waits for it at most so long. It reports whether f ended;
// otherwise f goes on by itself.
func within(limit time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}
