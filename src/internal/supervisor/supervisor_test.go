//go:build go1.25

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// journal is a logger that remembers.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(line string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, line)
	return nil
}

func (j *journal) Infof(format string, args ...any) error {
	return j.add("info: " + fmt.Sprintf(format, args...))
}

func (j *journal) Errorf(format string, args ...any) error {
	return j.add("error: " + fmt.Sprintf(format, args...))
}

func (j *journal) count(text string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := 0
	for _, line := range j.lines {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

func TestSupervisorRetriesMoreAndMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start := time.Now()
		var tries []time.Duration
		log := &journal{}
		s := New(log, time.Second, func() {})
		s.Run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
			tries = append(tries, time.Since(start))
			if len(tries) == 7 {
				cancel()
			}
			return fmt.Errorf("open: %w", media.ErrAbsent)
		})
		ms := time.Millisecond
		want := []time.Duration{0, 100 * ms, 300 * ms, 700 * ms, 1500 * ms, 2500 * ms, 3500 * ms}
		if !slices.Equal(tries, want) {
			t.Errorf("tries at %v, want %v", tries, want)
		}
		if got := log.count("device absent"); got != 1 {
			t.Errorf("said %d times that the device is absent, want once: %q", got, log.lines)
		}
	})
}

// TestAnAbsenceAfterALossIsToldWhenItLasts: its text lists what else is plugged in, and udev's
// links come after their device.
func TestAnAbsenceAfterALossIsToldWhenItLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := &journal{}
		s := New(log, time.Second, func() {})
		failures := []string{"", "a", "b", "a", "", "a", "b", "b", "b", "c"} // "": a loss
		s.Run(ctx, func(_ context.Context, _ func(map[string]param.Value), up func()) error {
			text := failures[0]
			if failures = failures[1:]; len(failures) == 0 {
				cancel()
			}
			if text == "" {
				up()
				return media.ErrLost
			}
			return fmt.Errorf("%s: %w", text, media.ErrAbsent)
		})
		var got []string
		for _, line := range log.lines {
			if strings.HasPrefix(line, "error: ") {
				got = append(got, strings.SplitN(line, ";", 2)[0])
			}
		}
		want := []string{"error: device lost", "error: device lost", "error: b: device absent"}
		if !slices.Equal(got, want) {
			t.Errorf("log is %q, want %q", got, want)
		}
	})
}

func TestSupervisorTellsEachFailureAndTheReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := &journal{}
		s := New(log, time.Second, func() {})
		n := 0
		s.Run(ctx, func(_ context.Context, _ func(map[string]param.Value), up func()) error {
			n++
			switch n {
			case 1, 2:
				return media.ErrAbsent
			case 3, 4:
				return media.ErrBusy
			case 5:
				up()
				up()
				return media.ErrLost
			default:
				cancel()
				return nil
			}
		})
		var got []string
		for _, line := range log.lines {
			got = append(got, strings.SplitN(line, ";", 2)[0])
		}
		want := []string{
			"error: device absent",
			"error: device busy",
			"info: capturing again",
			"error: device lost",
		}
		if !slices.Equal(got, want) {
			t.Errorf("log is %q, want %q", got, want)
		}
	})
}

func TestSupervisorLeavesASourceThatHasGivenAllItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		n := 0
		s := New(&journal{}, time.Second, func() {})
		s.Run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
			n++
			return fmt.Errorf("film.mp4: %w", media.ErrEnd)
		})
		if n != 1 {
			t.Errorf("the source was opened %d times in a day, want once", n)
		}
	})
}

func TestAWrongConfigurationIsToldAndNotTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		n := 0
		log := &journal{}
		s := New(log, time.Second, func() {})
		go func() {
			time.Sleep(time.Hour)
			s.SetInterval(time.Minute) // which ends a pause
		}()
		s.Run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
			n++
			return fmt.Errorf("no such option: %w", media.ErrMisconfigured)
		})
		if n != 1 {
			t.Errorf("the source was opened %d times in a day, want once", n)
		}
		if want := []string{"error: no such option: wrong configuration; it is not tried again with these parameters"}; !slices.Equal(log.lines, want) {
			t.Errorf("log is %q, want %q", log.lines, want)
		}
		if phase, _, err := s.State().Get(); phase != Failing || !errors.Is(err, media.ErrMisconfigured) {
			t.Errorf("phase %v with %v, want failing", phase, err)
		}
	})
}

func TestSupervisorSaysNothingAtTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	log := &journal{}
	s := New(log, time.Second, func() {})
	s.Run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
		cancel()
		return errors.New("read interrupted")
	})
	if len(log.lines) != 0 {
		t.Errorf("log is %q, want nothing", log.lines)
	}
}
