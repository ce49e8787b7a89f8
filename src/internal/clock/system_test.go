package clock_test

import (
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/clock"
)

func TestSystemOfNowIsNow(t *testing.T) {
	before := time.Now().Round(0)
	got := clock.System(acquire.Monotonic())
	after := time.Now().Round(0)
	const slack = time.Millisecond // the readings of both clocks are not one instant
	if got.Before(before.Add(-slack)) || got.After(after.Add(slack)) {
		t.Errorf("System(now) = %v, want between %v and %v", got, before, after)
	}
}

func TestSystemKeepsDistances(t *testing.T) {
	now := acquire.Monotonic()
	past, future := clock.System(now-time.Hour), clock.System(now+time.Hour)
	if diff := future.Sub(past) - 2*time.Hour; diff.Abs() > time.Millisecond {
		t.Errorf("two hours apart became %v", future.Sub(past))
	}
}

func TestSystemAllocatesNothing(t *testing.T) {
	now := acquire.Monotonic()
	if got := testing.AllocsPerRun(100, func() { clock.System(now) }); got != 0 {
		t.Errorf("%v allocations per call, want 0", got)
	}
}

func TestGuardNeverGoesBack(t *testing.T) {
	var g clock.Guard
	start := time.Unix(1000, 0)
	for _, step := range []struct{ at, want, held time.Duration }{
		{0, 0, 0},
		{5, 5, 0},
		{3, 5, 2},
		{5, 5, 0},
		{-100, 5, 105},
		{6, 6, 0},
	} {
		if got, want := g.Stamp(start.Add(step.at)), start.Add(step.want); !got.Equal(want) {
			t.Errorf("Stamp(%v) = %v, want %v", start.Add(step.at), got, want)
		}
		if got := g.Held(); got != step.held {
			t.Errorf("Held() = %v after %v, want %v", got, step.at, step.held)
		}
	}
}
