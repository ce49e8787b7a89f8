package microphone_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem/pulsetest"
)

// TestHundredLossesLeaveNothingBehind kills the server five times with twenty
// microphones open, after a first time that does not count.
func TestHundredLossesLeaveNothingBehind(t *testing.T) {
	const microphones, kills = 20, 5
	const losses = microphones * kills
	server := pulsetest.Start(t, sink)
	sources := make([]acquire.AudioSource, microphones)
	for i := range sources {
		sources[i] = acquire.Check(microphone.New(config()))
	}
	var before leaktest.Usage
	for kill := range 1 + kills {
		if kill == 1 {
			before = leaktest.Measure(t)
		}
		var heard, lost sync.WaitGroup
		heard.Add(microphones)
		failed := make(chan error, microphones)
		for _, source := range sources {
			// One after the other: five wait for the server at most.
			if _, err := source.Open(t.Context()); err != nil {
				t.Fatalf("kill %d: %v", kill, err)
			}
			lost.Add(1)
			go func() {
				defer lost.Done()
				failed <- lose(t, source, heard.Done)
			}()
		}
		heard.Wait()
		server.Kill()
		lost.Wait()
		for range sources {
			if err := <-failed; err != nil {
				t.Fatalf("kill %d: %v", kill, err)
			}
		}
		server.Start()
	}
	after := leaktest.Measure(t)
	t.Logf("%d losses; before %+v, after %+v", losses, before, after)
	// Go's runtime starts threads for as many calls as block at once. malloc's
	// arenas grow for a while (7 MB within 300 losses, the last 100 of them
	// 0.4 MB): a device that is kept has 88 kB for its second of sound alone.
	if after.Descriptors > before.Descriptors || after.Goroutines > before.Goroutines ||
		after.Threads > before.Threads+microphones || after.Heap-before.Heap > losses*8<<10 ||
		after.Resident-before.Resident > leaktest.RaceFactor*losses*64<<10 {
		t.Errorf("left behind: before %+v, after %+v", before, after)
	}
}

// lose runs a source, tells when sound has come, and closes it when it is lost;
// to open it then fails.
func lose(t *testing.T, source acquire.AudioSource, heard func()) error {
	var once sync.Once
	defer once.Do(heard) // whoever waits for it must not wait for ever
	err := source.Run(t.Context(), func(media.Period) { once.Do(heard) })
	if !errors.Is(err, media.ErrLost) {
		return fmt.Errorf("run: %v, want %w", err, media.ErrLost)
	}
	if err := source.Close(); err != nil {
		return err
	}
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrAbsent) {
		return fmt.Errorf("open without a server: %v, want %w", err, media.ErrAbsent)
	}
	return nil
}
