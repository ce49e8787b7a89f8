package acquire_test

import (
	"context"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
)

func newAlarm(t testing.TB, ctx context.Context) *acquire.Alarm {
	t.Helper()
	alarm, err := acquire.NewAlarm(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(alarm.Close)
	return alarm
}

func TestAlarmIsNeverEarly(t *testing.T) {
	alarm := newAlarm(t, t.Context())
	due := acquire.Monotonic()
	for range 20 {
		due += 3 * time.Millisecond
		if !alarm.Wait(due) {
			t.Fatal("Wait: false before the end of its context")
		}
		if now := acquire.Monotonic(); now < due {
			t.Fatalf("%v early", due-now)
		}
	}
}

func TestAlarmDoesNotWaitForThePast(t *testing.T) {
	alarm := newAlarm(t, t.Context())
	for _, past := range []time.Duration{-time.Hour, 0, acquire.Monotonic()} {
		if !alarm.Wait(past) {
			t.Errorf("Wait(%v): false before the end of its context", past)
		}
	}
}

func TestEndOfContextEndsTheWaitOfAnAlarm(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	alarm := newAlarm(t, ctx)
	ended := make(chan bool)
	go func() { ended <- alarm.Wait(acquire.Monotonic() + 24*time.Hour) }()
	cancel()
	if <-ended {
		t.Error("Wait: true after the end of its context")
	}
	if alarm.Wait(acquire.Monotonic() + 24*time.Hour) {
		t.Error("Wait: true long after the end of its context")
	}
	if alarm.Wait(0) {
		t.Error("Wait for the past: true after the end of its context")
	}
}

func TestAlarmAllocatesNothing(t *testing.T) {
	alarm := newAlarm(t, t.Context())
	if got := testing.AllocsPerRun(50, func() { alarm.Wait(acquire.Monotonic() + time.Millisecond) }); got != 0 {
		t.Errorf("%v allocations per wait, want 0", got)
	}
}

// BenchmarkLateness reports by how much a wait of one period of 30/s is late.
func BenchmarkLateness(b *testing.B) {
	const period = time.Second / 30
	measure := func(b *testing.B, wait func(until time.Duration)) {
		var late time.Duration
		due := acquire.Monotonic()
		for b.Loop() {
			due += period
			wait(due)
			late += acquire.Monotonic() - due
		}
		b.ReportMetric(float64(late.Microseconds())/float64(b.N), "µs-late/op")
	}
	b.Run("alarm", func(b *testing.B) {
		alarm := newAlarm(b, b.Context())
		measure(b, func(until time.Duration) { alarm.Wait(until) })
	})
	b.Run("timer", func(b *testing.B) {
		timer := time.NewTimer(0)
		measure(b, func(until time.Duration) { acquire.WaitUntil(b.Context(), timer, until) })
	})
}
