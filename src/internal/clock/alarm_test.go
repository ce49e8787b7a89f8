package clock_test

import (
	"context"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

// kinds are the alarms that there are.
var kinds = map[string]func(context.Context) (*clock.Alarm, error){
	"goroutine": clock.NewAlarm,
	"thread":    clock.NewThreadAlarm,
}

// eachKind calls f with an alarm of each kind; end ends its context.
func eachKind(t *testing.T, f func(t *testing.T, alarm *clock.Alarm, end func())) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			alarm, err := kind(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer alarm.Close()
			f(t, alarm, cancel)
		})
	}
}

func TestAlarmIsNeverEarly(t *testing.T) {
	eachKind(t, func(t *testing.T, alarm *clock.Alarm, _ func()) {
		due := clock.Monotonic()
		for range 20 {
			due += 3 * time.Millisecond
			if !alarm.Wait(due) {
				t.Fatal("Wait: false before the end of its context")
			}
			if now := clock.Monotonic(); now < due {
				t.Fatalf("%v early", due-now)
			}
		}
	})
}

func TestAlarmDoesNotWaitForThePast(t *testing.T) {
	eachKind(t, func(t *testing.T, alarm *clock.Alarm, _ func()) {
		for _, past := range []time.Duration{-time.Hour, 0, clock.Monotonic()} {
			if !alarm.Wait(past) {
				t.Errorf("Wait(%v): false before the end of its context", past)
			}
		}
	})
}

func TestEndOfContextEndsTheWaitOfAnAlarm(t *testing.T) {
	eachKind(t, func(t *testing.T, alarm *clock.Alarm, end func()) {
		ended := make(chan bool)
		go func() { ended <- alarm.Wait(clock.Monotonic() + 24*time.Hour) }()
		end()
		if <-ended {
			t.Error("Wait: true after the end of its context")
		}
		if alarm.Wait(clock.Monotonic() + 24*time.Hour) {
			t.Error("Wait: true long after the end of its context")
		}
		if alarm.Wait(0) {
			t.Error("Wait for the past: true after the end of its context")
		}
	})
}

func TestAlarmIsClosedWhileItsContextEnds(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			for range 200 {
				ctx, cancel := context.WithCancel(t.Context())
				alarm, err := kind(ctx)
				if err != nil {
					t.Fatal(err)
				}
				go cancel()
				alarm.Close()
			}
		})
	}
}

func TestAlarmAllocatesNothing(t *testing.T) {
	eachKind(t, func(t *testing.T, alarm *clock.Alarm, _ func()) {
		if got := testing.AllocsPerRun(50, func() { alarm.Wait(clock.Monotonic() + time.Millisecond) }); got != 0 {
			t.Errorf("%v allocations per wait, want 0", got)
		}
	})
}

// BenchmarkLateness reports by how much a wait of one period of 30/s is late.
func BenchmarkLateness(b *testing.B) {
	const period = time.Second / 30
	measure := func(b *testing.B, wait func(until time.Duration)) {
		var late time.Duration
		due := clock.Monotonic()
		for b.Loop() {
			due += period
			wait(due)
			late += clock.Monotonic() - due
		}
		b.ReportMetric(float64(late.Microseconds())/float64(b.N), "µs-late/op")
	}
	for name, kind := range kinds {
		b.Run("alarm of a "+name, func(b *testing.B) {
			alarm, err := kind(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			defer alarm.Close()
			measure(b, func(until time.Duration) { alarm.Wait(until) })
		})
	}
	b.Run("timer", func(b *testing.B) {
		timer := time.NewTimer(0)
		measure(b, func(until time.Duration) { clock.WaitUntil(b.Context(), timer, until) })
	})
}
