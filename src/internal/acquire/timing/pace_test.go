package timing_test

import (
	"context"
	"testing"
	"time"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
)

func newAlarm(t *testing.T, ctx context.Context) *clock.Alarm {
	t.Helper()
	alarm, err := clock.NewAlarm(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(alarm.Close)
	return alarm
}

func TestPeriodsAreDueWhenTheirLastFrameIs(t *testing.T) {
	p := timing.NewPace(44100)
	alarm := newAlarm(t, t.Context())
	start := clock.Monotonic()
	for k := range 20 {
		now, lost, ok := p.Next(alarm, 441)
		if !ok || lost != 0 {
			t.Fatalf("period %d: lost %d, ok %v", k, lost, ok)
		}
		if want := start + time.Duration(k+1)*10*time.Millisecond; now < want {
			t.Errorf("period %d came %v early", k, want-now)
		}
	}
}

// TestLateConsumerCatchesUp: frames wait for a late consumer, and are never ahead of the time.
func TestLateConsumerCatchesUp(t *testing.T) {
	p := timing.NewPace(1000)
	alarm := newAlarm(t, t.Context())
	first, _, _ := p.Next(alarm, 10)
	start := first - 10*time.Millisecond
	time.Sleep(200 * time.Millisecond) // the consumer is late; this is the case tested
	begun := clock.Monotonic()
	frames := uint64(10)
	for {
		now, lost, _ := p.Next(alarm, 10)
		frames += lost + 10
		if lost != 0 && now-start < timing.Buffered {
			t.Errorf("lost %d frames while the buffer had room", lost)
		}
		if got, limit := time.Duration(frames)*time.Millisecond, now-start+10*time.Millisecond; got > limit {
			t.Fatalf("%v of sound after %v", got, now-start)
		}
		if start+time.Duration(frames)*time.Millisecond >= begun {
			break
		}
	}
}

func TestFramesBeyondTheBufferAreLostAndCounted(t *testing.T) {
	p := timing.NewPace(1000)
	alarm := newAlarm(t, t.Context())
	// The beginning of frame 0 is known to lie between these two.
	earliest := clock.Monotonic()
	first, _, _ := p.Next(alarm, 7)
	latest := first - 7*time.Millisecond
	time.Sleep(timing.Buffered + 200*time.Millisecond) // the consumer is late; this is the case tested
	now, lost, ok := p.Next(alarm, 7)
	if !ok || lost == 0 || lost%7 != 0 {
		t.Fatalf("lost %d frames, ok %v; want a positive multiple of 7", lost, ok)
	}
	handed := now - time.Duration(7+lost+7)*time.Millisecond
	if late := handed - latest; late > timing.Buffered {
		t.Errorf("after a loss of %d frames the next period is late by %v, want at most %v", lost, late, timing.Buffered)
	}
	if late, want := handed-earliest, timing.Buffered-8*time.Millisecond; late < want {
		t.Errorf("after a loss of %d frames the next period is late by %v, want at least %v: too much was lost", lost, late, want)
	}
}

func TestAPartOfAFrameBeyondTheBufferIsAFrameLost(t *testing.T) {
	p := timing.NewPace(10) // 100 ms a frame, which no scheduler's delay hides
	alarm := newAlarm(t, t.Context())
	p.Next(alarm, 1)
	// Half a frame more than the buffer, when the second frame has been due.
	time.Sleep(100*time.Millisecond + timing.Buffered + 50*time.Millisecond)
	if _, lost, ok := p.Next(alarm, 1); !ok || lost < 1 {
		t.Errorf("lost %d frames, ok %v; want one at least: the next one is late by more than %v", lost, ok, timing.Buffered)
	}
}

func TestEndOfContextEndsTheWait(t *testing.T) {
	p := timing.NewPace(1)
	ctx, cancel := context.WithCancel(t.Context())
	alarm := newAlarm(t, ctx)
	cancel()
	if _, _, ok := p.Next(alarm, 3600); ok {
		t.Error("waited an hour in no time")
	}
}

func TestNextAllocatesNothing(t *testing.T) {
	p := timing.NewPace(1_000_000)
	alarm := newAlarm(t, t.Context())
	p.Next(alarm, 10)
	if got := testing.AllocsPerRun(100, func() { p.Next(alarm, 10) }); got != 0 {
		t.Errorf("%v allocations per period, want 0", got)
	}
}
