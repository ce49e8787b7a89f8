package clock_test

import (
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

func TestSystemOfNowIsNow(t *testing.T) {
	before := time.Now().Round(0)
	got := clock.System(clock.Monotonic())
	after := time.Now().Round(0)
	const slack = time.Millisecond // the readings of both clocks are not one instant
	if got.Before(before.Add(-slack)) || got.After(after.Add(slack)) {
		t.Errorf("System(now) = %v, want between %v and %v", got, before, after)
	}
}

func TestSystemKeepsDistances(t *testing.T) {
	now := clock.Monotonic()
	past, future := clock.System(now-time.Hour), clock.System(now+time.Hour)
	if diff := future.Sub(past) - 2*time.Hour; diff.Abs() > time.Millisecond {
		t.Errorf("two hours apart became %v", future.Sub(past))
	}
}

func TestSystemAllocatesNothing(t *testing.T) {
	now := clock.Monotonic()
	if got := testing.AllocsPerRun(100, func() { clock.System(now) }); got != 0 {
		t.Errorf("%v allocations per call, want 0", got)
	}
}
