package clock_test

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/clock"
)

func TestMonotonicIsTheClockOfDrivers(t *testing.T) {
	kernel := func() time.Duration {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
			t.Fatal(err)
		}
		return time.Duration(now.Nano())
	}
	for range 1000 {
		if before, got, after := kernel(), clock.Monotonic(), kernel(); got < before || got > after {
			t.Fatalf("got %v, not between %v and %v", got, before, after)
		}
	}
}

func TestMonotonicRunsWithGoClock(t *testing.T) {
	outerStart := time.Now()
	first := clock.Monotonic()
	innerStart := time.Now()
	for time.Since(innerStart) < 20*time.Millisecond {
		time.Sleep(time.Millisecond)
	}
	inner := time.Since(innerStart)
	second := clock.Monotonic()
	outer := time.Since(outerStart)
	if got := second - first; got < inner || got > outer {
		t.Errorf("advance of Monotonic: got %v, want between %v and %v", got, inner, outer)
	}
}

func TestMonotonicAllocatesNothing(t *testing.T) {
	if got := testing.AllocsPerRun(100, func() { clock.Monotonic() }); got != 0 {
		t.Errorf("allocations per call: got %v, want 0", got)
	}
}
