package clock_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

func newClock() estimator { return clock.NewSampleClock(nominal) }

// TestStampsUnderUniformLateness is the promise: periods late by 0 to 20 ms,
// at rates up to 200 ppm off.
func TestStampsUnderUniformLateness(t *testing.T) {
	seconds := []float64{10, 60, 300, 600}
	for _, ppm := range []float64{-200, -13, 0, 200} {
		for _, inOrder := range []bool{false, true} {
			got := measure(card{441, constant(ppm), uniform, inOrder}, newClock, seconds, seeds)
			rms := func(s score) float64 { return math.Hypot(s.bias, s.deviation) }
			if e := rms(got[0]); e > 500 {
				t.Errorf("%v ppm: error %.0f µs after 10 s, want at most 500", ppm, e)
			}
			if e := rms(got[2]); e > 100 {
				t.Errorf("%v ppm: error %.0f µs after 5 min, want at most 100", ppm, e)
			}
			if e := got[1].rate; e > 10 {
				t.Errorf("%v ppm: rate wrong by %.2f ppm after 1 min, want at most 10", ppm, e)
			}
			if e := got[3].rate; e > 1 {
				t.Errorf("%v ppm: rate wrong by %.2f ppm after 10 min, want at most 1", ppm, e)
			}
		}
	}
}

// TestNoDriftOverAWeek lets a crystal follow the day's temperature by ±5 ppm,
// and looks at every stamp after the first five minutes. Periods of 100 ms give
// a tenth of the usual arrivals, hence a few times the usual error.
func TestNoDriftOverAWeek(t *testing.T) {
	c := card{
		periodFrames: 4410,
		ppm:          func(at float64) float64 { return 50 + 5*math.Sin(2*math.Pi*at/86400) },
		late:         uniform,
		inOrder:      true,
	}
	e := clock.NewSampleClock(nominal)
	worst := time.Duration(0)
	var sums, counts [days]float64
	c.run(1, days*86400, func(frames uint64, truth, arrival time.Duration) {
		e.Update(frames, arrival)
		if truth > 1300*time.Second {
			err := e.TimeOf(frames) - truth
			worst = max(worst, err.Abs())
			day := min(days-1, int((truth-1000*time.Second)/(24*time.Hour)))
			sums[day] += err.Seconds()
			counts[day]++
		}
	})
	if worst > time.Millisecond {
		t.Errorf("worst error of the week %v, want at most 1ms", worst)
	}
	for day := range sums {
		if mean := sums[day] / counts[day] * 1e6; math.Abs(mean) > 50 {
			t.Errorf("day %d: mean error %.1f µs, want at most 50", day, mean)
		}
	}
}

func TestFirstPeriodIsStampedByItsLength(t *testing.T) {
	c := clock.NewSampleClock(1000)
	if got := c.TimeOf(5); got != 0 {
		t.Errorf("before the first period: %v, want 0", got)
	}
	c.Update(100, 10*time.Second)
	for frame, want := range map[uint64]time.Duration{
		0: 9900 * time.Millisecond, 100: 10 * time.Second, 150: 10050 * time.Millisecond,
	} {
		if got := c.TimeOf(frame); got != want {
			t.Errorf("frame %d: %v, want %v", frame, got, want)
		}
	}
	if got := c.RateError(); got != 0 {
		t.Errorf("rate error %v ppm after one period, want 0", got)
	}
}

// TestStampsAreNeverAfterArrival: the stamp of the newest period is in the past.
func TestStampsAreNeverAfterArrival(t *testing.T) {
	for _, c := range cards {
		e := clock.NewSampleClock(nominal)
		c.card.run(3, 200, func(frames uint64, _, arrival time.Duration) {
			e.Update(frames, arrival)
			if got := e.TimeOf(frames); got > arrival+10*time.Microsecond {
				t.Fatalf("%s: frame %d stamped %v after it arrived", c.name, frames, got-arrival)
			}
		})
	}
}

// TestLatePeriodsDoNotMoveTheStamps: a sound server that stalls for half a
// second and then hands everything over.
func TestLatePeriodsDoNotMoveTheStamps(t *testing.T) {
	const stalled = 6000 // [periods]
	c := card{441, constant(20), func(rng *rand.Rand, k uint64) float64 {
		late := 0.001 * rng.Float64()
		if k >= stalled && k < stalled+50 {
			late += 0.01 * float64(stalled+50-k)
		}
		return late
	}, false}
	e := clock.NewSampleClock(nominal)
	c.run(1, 70, func(frames uint64, truth, arrival time.Duration) {
		e.Update(frames, arrival)
		if frames > 441*1000 {
			if err := e.TimeOf(frames) - truth; err.Abs() > 200*time.Microsecond {
				t.Fatalf("frame %d stamped wrong by %v", frames, err)
			}
		}
	})
}

// TestFirstSoundIsStampedWhileFewHaveArrived: a second of sound waits when the first period is
// taken, and in the 20 ms after it arrivals jitter by a millisecond. No rate is to be seen in
// that; with one the second's beginning would be stamped wrong by many milliseconds.
func TestFirstSoundIsStampedWhileFewHaveArrived(t *testing.T) {
	const second = 48000 // [audio frames]
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		c := clock.NewSampleClock(second)
		for ms := range time.Duration(20) {
			jitter := time.Duration(rng.Float64() * 1e6)
			c.Update(second+48*uint64(ms), time.Hour+ms*time.Millisecond+jitter)
			if got := c.TimeOf(0) - time.Hour + time.Second; got.Abs() > 1200*time.Microsecond {
				t.Fatalf("seed %d: after %d ms the first audio frame is stamped wrong by %v", seed, ms, got)
			}
		}
	}
}

// TestCatchingUpIsNoRate: the first half second is handed over faster than it was acquired.
func TestCatchingUpIsNoRate(t *testing.T) {
	const late = 0.1 // [s] of the first period
	c := clock.NewSampleClock(nominal)
	card{441, constant(0), func(_ *rand.Rand, k uint64) float64 {
		return max(0, late*(1-float64(k)/50))
	}, false}.run(1, 3, func(frames uint64, truth, arrival time.Duration) {
		c.Update(frames, arrival)
		if err := c.TimeOf(frames) - truth; frames > 441*55 && err.Abs() > 100*time.Microsecond {
			t.Fatalf("%d audio frames after it has caught up, stamps are wrong by %v", frames-441*50, err)
		}
	})
}

func TestLowerIndexTellsNothing(t *testing.T) {
	c := clock.NewSampleClock(1000)
	c.Update(100, time.Second)
	c.Update(200, 1100*time.Millisecond)
	c.Update(199, time.Second)
	if got := c.TimeOf(200); got != 1100*time.Millisecond {
		t.Errorf("after an index below the last: %v, want 1.1s", got)
	}
}

func TestRateErrorHasTheSignOfTheDevice(t *testing.T) {
	for _, want := range []float64{-3000, -100, 0, 100, 3000} {
		e := clock.NewSampleClock(nominal)
		card{441, constant(want), uniform, false}.run(1, 60, func(frames uint64, _, arrival time.Duration) {
			e.Update(frames, arrival)
		})
		if got := e.RateError(); math.Abs(got-want) > 5 {
			t.Errorf("rate error %v ppm, want %v", got, want)
		}
	}
}

func TestRebaseForgets(t *testing.T) {
	c := clock.NewSampleClock(1000)
	for i := range uint64(1000) {
		c.Update(100*i, time.Duration(i)*101*time.Millisecond)
	}
	c.Rebase(500_000, time.Hour)
	if got, want := c.TimeOf(500_010), time.Hour+10*time.Millisecond; got != want {
		t.Errorf("after Rebase: %v, want %v", got, want)
	}
	if got := c.RateError(); got != 0 {
		t.Errorf("after Rebase: rate error %v ppm, want 0", got)
	}
	c.Update(500_100, time.Hour+101*time.Millisecond)
	if got := c.TimeOf(500_100) - time.Hour; got < 100*time.Millisecond || got > 101*time.Millisecond {
		t.Errorf("100 frames after Rebase: %v, want 100ms to 101ms", got)
	}
}

func TestLatenessIsEstimated(t *testing.T) {
	e := clock.NewSampleClock(nominal)
	card{441, constant(50), uniform, false}.run(1, 60, func(frames uint64, _, arrival time.Duration) {
		e.Update(frames, arrival)
	})
	got := e.Lateness()
	if diff := got.Mean - 10*time.Millisecond; diff.Abs() > 2*time.Millisecond {
		t.Errorf("mean lateness %v, want 10ms", got.Mean)
	}
	if got.Least.Abs() > 2*time.Millisecond {
		t.Errorf("least lateness %v, want nearly none", got.Least)
	}
}

// TestLeastLatenessShowsUnreportedLoss: the device leaves out 100 ms of sound.
func TestLeastLatenessShowsUnreportedLoss(t *testing.T) {
	e := clock.NewSampleClock(nominal)
	card{441, constant(0), func(rng *rand.Rand, k uint64) float64 {
		late := 0.005 * rng.Float64()
		if k > 3000 {
			late += 0.1
		}
		return late
	}, false}.run(1, 35, func(frames uint64, _, arrival time.Duration) {
		e.Update(frames, arrival)
	})
	if got := e.Lateness().Least; got < 95*time.Millisecond || got > 105*time.Millisecond {
		t.Errorf("least lateness %v, want 100ms", got)
	}
}

func TestSampleClockIsSharedSafely(t *testing.T) {
	e := clock.NewSampleClock(nominal)
	done := make(chan struct{})
	var readers sync.WaitGroup
	readers.Add(1)
	go func() {
		defer readers.Done()
		for {
			select {
			case <-done:
				return
			default:
				e.TimeOf(100)
				e.RateError()
				e.Lateness()
			}
		}
	}()
	card{441, constant(0), uniform, false}.run(1, 60, func(frames uint64, _, arrival time.Duration) {
		e.Update(frames, arrival)
	})
	close(done)
	readers.Wait()
}

func TestUpdateAllocatesNothing(t *testing.T) {
	e := clock.NewSampleClock(nominal)
	frames, arrival := uint64(0), time.Duration(0)
	if got := testing.AllocsPerRun(20000, func() {
		frames += 441
		arrival += 10 * time.Millisecond
		e.Update(frames, arrival)
		e.TimeOf(frames)
	}); got != 0 {
		t.Errorf("%v allocations per period, want 0", got)
	}
}

// BenchmarkUpdate is the cost of a period; with falling lateness every one moves
// the line.
func BenchmarkUpdate(b *testing.B) {
	for name, late := range map[string]func(k uint64) time.Duration{
		"random":  func(uint64) time.Duration { return time.Duration(rand.Int64N(20e6)) },
		"falling": func(k uint64) time.Duration { return time.Duration(117-k%117) * 100 * time.Microsecond },
	} {
		b.Run(name, func(b *testing.B) {
			e := clock.NewSampleClock(nominal)
			b.ReportAllocs()
			for k := uint64(0); b.Loop(); k++ {
				e.Update(441*k, time.Duration(k)*10*time.Millisecond+late(k))
			}
		})
	}
}
