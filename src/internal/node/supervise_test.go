package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// journal is a logger that remembers.
type journal struct{ lines []string }

func (j *journal) Infof(format string, args ...any) error {
	j.lines = append(j.lines, "info: "+fmt.Sprintf(format, args...))
	return nil
}

func (j *journal) Errorf(format string, args ...any) error {
	j.lines = append(j.lines, "error: "+fmt.Sprintf(format, args...))
	return nil
}

func (j *journal) count(text string) int {
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
		s := newSupervisor(log, time.Second, func() {})
		s.run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
			tries = append(tries, time.Since(start))
			if len(tries) == 7 {
				cancel()
			}
			return fmt.Errorf("open: %w", acquire.ErrAbsent)
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

func TestSupervisorTellsEachFailureAndTheReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		log := &journal{}
		s := newSupervisor(log, time.Second, func() {})
		n := 0
		s.run(ctx, func(_ context.Context, _ func(map[string]param.Value), up func()) error {
			n++
			switch n {
			case 1, 2:
				return acquire.ErrAbsent
			case 3, 4:
				return acquire.ErrBusy
			case 5:
				up()
				up()
				return acquire.ErrLost
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
		s := newSupervisor(&journal{}, time.Second, func() {})
		s.run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
			n++
			return fmt.Errorf("film.mp4: %w", acquire.ErrEnd)
		})
		if n != 1 {
			t.Errorf("the source was opened %d times in a day, want once", n)
		}
	})
}

func TestSupervisorSaysNothingAtTheEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	log := &journal{}
	s := newSupervisor(log, time.Second, func() {})
	s.run(ctx, func(context.Context, func(map[string]param.Value), func()) error {
		cancel()
		return errors.New("read interrupted")
	})
	if len(log.lines) != 0 {
		t.Errorf("log is %q, want nothing", log.lines)
	}
}
