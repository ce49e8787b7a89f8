package clock_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

// systems are sound systems that lose nothing, however badly they are
// scheduled. pending is the number of periods that a late thread finds.
var systems = []struct {
	name  string
	late  func(rng *rand.Rand, k uint64) float64 // [s]
	place float64                                // [s] within which a loss is found at its place
}{
	{"0…20 ms", uniform, 0.021},
	{"exponential, stalls", stalls, 0.33},
	{"five at once", bursts, 0.08},
	{"wakes up after 60 ms on average", func() func(*rand.Rand, uint64) float64 {
		// All that is due is handed over when the thread runs.
		next := 0.0
		return func(rng *rand.Rand, k uint64) float64 {
			due := float64(k+1) * 0.010
			for next < due {
				next = max(next, due) + 0.060*rng.ExpFloat64()
			}
			return next - due
		}
	}(), 0},
	{"held up for 5 s each minute", func(rng *rand.Rand, k uint64) float64 {
		late := 0.020 * rng.Float64()
		if phase := k % 6000; phase >= 5000 && phase < 5500 {
			late += 0.010 * float64(5500-phase)
		}
		return late
	}, 0},
	{"held up for 5 s, catches up at 1.5 times the speed", func(rng *rand.Rand, k uint64) float64 {
		late := 0.020 * rng.Float64()
		if phase := k % 6000; phase >= 3000 && phase < 4500 {
			late += 0.010 / 3 * float64(4500-phase)
		}
		return late
	}, 0},
}

// watched is a sound card whose losses a LossWatch looks for, with the times
// that a SampleClock estimates.
type watched struct {
	clock  *clock.SampleClock
	watch  *clock.LossWatch
	frames uint64 // as the receiver counts them
	found  []found
}

type found struct {
	frame   uint64        // after which sound was lost, as the receiver counted
	lost    time.Duration // 0 for rebased
	rebased bool
}

func newWatched() *watched {
	return &watched{clock: clock.NewSampleClock(nominal), watch: clock.NewLossWatch(nominal)}
}

func (w *watched) add(n uint64, arrival time.Duration, told bool) {
	if w.frames == 0 {
		w.clock.Update(n, arrival)
	}
	p := clock.Arrivals{First: w.frames, Next: w.frames + n, Arrival: arrival}
	w.frames += n
	switch verdict := w.watch.Judge(p, arrival-w.clock.TimeOf(w.frames), told); verdict {
	case clock.InTime:
		w.clock.Update(w.frames, arrival)
	case clock.Lost, clock.Rebased:
		f := found{frame: w.watch.Held(), rebased: verdict == clock.Rebased}
		if !f.rebased {
			f.lost = w.watch.Lost()
		}
		lost := uint64(f.lost.Seconds() * nominal)
		w.frames += lost
		w.found = append(w.found, f)
		w.clock.Rebase(w.watch.Best().Next+lost, w.watch.Best().Arrival)
	}
}

func TestBadSchedulingIsNoLoss(t *testing.T) {
	for _, s := range systems {
		for seed := range uint64(seeds) {
			w := newWatched()
			card{441, constant(-150), s.late, true}.run(seed, 1200, func(_ uint64, _, arrival time.Duration) {
				w.add(441, arrival, false)
			})
			if len(w.found) > 0 {
				t.Errorf("%s, seed %d: found %v where nothing was lost", s.name, seed, w.found)
			}
		}
	}
}

// TestLossesAreFound loses 100 ms to 10 s of sound every 20 s. The buffered sound comes first,
// as from a sound server.
func TestLossesAreFound(t *testing.T) {
	for _, s := range systems[:3] {
		for seed := range uint64(seeds) {
			rng := rand.New(rand.NewPCG(seed, 99))
			w := newWatched()
			var want []found
			var received uint64
			next := 20 * time.Second // of the loss, after the start
			var until, kept time.Duration
			card{441, constant(-150), s.late, true}.run(seed, 600, func(_ uint64, truth, arrival time.Duration) {
				at := truth - 1000*time.Second
				if at >= next && at < 550*time.Second {
					lost := time.Duration(0.1e9 + 9.9e9*rng.Float64()*rng.Float64())
					kept = next + time.Duration(rng.Float64()*1e9) // the server's queue is full
					until = kept + lost                            // the process goes on
					want = append(want, found{lost: lost.Truncate(10 * time.Millisecond)})
					next = until + 15*time.Second + time.Duration(rng.Float64()*1e10)
				}
				switch {
				case at > kept && at <= until:
					if want[len(want)-1].frame == 0 {
						want[len(want)-1].frame = received
					}
					return // dropped
				case at <= kept && at > kept-time.Second && until > at:
					arrival = max(arrival, 1000*time.Second+until)
				}
				received += 441
				w.add(441, arrival, false)
			})
			if len(w.found) != len(want) {
				t.Errorf("%s, seed %d: found %d losses, want %d:\n%v\n%v", s.name, seed, len(w.found), len(want), w.found, want)
				continue
			}
			skipped := 0.0 // [s] of which the indices know
			for i, got := range w.found {
				if diff := got.lost - want[i].lost; got.rebased || diff < -15*time.Millisecond || diff > 15*time.Millisecond {
					t.Errorf("%s, seed %d: found a loss of %v, want %v", s.name, seed, got.lost, want[i].lost)
				}
				at := float64(got.frame)/nominal - skipped
				if diff := at - float64(want[i].frame)/nominal; math.Abs(diff) > s.place {
					t.Errorf("%s, seed %d: found a loss after %.3f s of sound, want %.3f", s.name, seed, at, float64(want[i].frame)/nominal)
				}
				skipped += got.lost.Seconds()
			}
		}
	}
}

func TestToldLossIsMeasuredHoweverShort(t *testing.T) {
	for _, lost := range []time.Duration{0, 3 * time.Millisecond, 20 * time.Millisecond, 3 * time.Second} {
		w := newWatched()
		card{441, constant(80), func(rng *rand.Rand, _ uint64) float64 { return 0.004 * rng.Float64() }, true}.
			run(1, 30, func(frames uint64, _, arrival time.Duration) {
				told := frames == 441*1500
				if frames >= 441*1500 {
					arrival += lost
				}
				w.add(441, arrival, told)
			})
		if len(w.found) != 1 || w.found[0].frame != 441*1499 || (w.found[0].lost-lost).Abs() > 2*time.Millisecond {
			t.Errorf("found %v, want %v lost after frame %d", w.found, lost, 441*1499)
		}
	}
}

// TestSoundSystemMaySettle: sound that is buffered at the opening comes at once, all other
// sound comes 80 ms late.
func TestSoundSystemMaySettle(t *testing.T) {
	w := newWatched()
	card{441, constant(0), func(rng *rand.Rand, k uint64) float64 {
		if k < 50 {
			return 0.005 * rng.Float64()
		}
		return 0.080 + 0.005*rng.Float64()
	}, true}.run(1, 30, func(_ uint64, _, arrival time.Duration) { w.add(441, arrival, false) })
	if len(w.found) != 1 || !w.found[0].rebased {
		t.Errorf("found %v, want that it rebased", w.found)
	}
}

func TestJudgeAllocatesNothing(t *testing.T) {
	w := clock.NewLossWatch(nominal)
	at := time.Duration(0)
	if got := testing.AllocsPerRun(1000, func() {
		at += 10 * time.Millisecond
		w.Judge(clock.Arrivals{Arrival: at}, at%(300*time.Millisecond), false)
	}); got != 0 {
		t.Errorf("%v allocations per period, want 0", got)
	}
}

// TestShortLossesAreFoundWhereArrivalsAreExact: 10 ms. Sound is late by up to 4 ms, which is none.
func TestShortLossesAreFoundWhereArrivalsAreExact(t *testing.T) {
	const period = 441
	run := func(exact bool, lost func(k int) time.Duration) (found time.Duration, times int) {
		c, w := clock.NewSampleClock(nominal), clock.NewLossWatch(nominal)
		rng := rand.New(rand.NewPCG(1, 1))
		frames, now := uint64(0), time.Hour
		for k := range 2000 {
			now += 10*time.Millisecond + lost(k)
			arrival := now + time.Duration(rng.Float64()*4e6)
			if k == 0 {
				c.Update(period, arrival)
			}
			p := clock.Arrivals{First: frames, Next: frames + period, Arrival: arrival, Exact: exact}
			frames += period
			switch w.Judge(p, arrival-c.TimeOf(frames), false) {
			case clock.InTime:
				c.Update(frames, arrival)
			case clock.Lost:
				missing := uint64(math.Round(w.Lost().Seconds() * nominal))
				c.Rebase(w.Best().Next+missing, w.Best().Arrival)
				frames += missing
				found += w.Lost()
				times++
			}
		}
		return found, times
	}
	none := func(int) time.Duration { return 0 }
	once := func(k int) time.Duration {
		if k == 500 {
			return 10 * time.Millisecond
		}
		return 0
	}
	for name, c := range map[string]struct {
		exact bool
		lost  func(int) time.Duration
		want  time.Duration
	}{
		"none": {true, none, 0}, "10 ms": {true, once, 10 * time.Millisecond}, "10 ms, not exact": {false, once, 0},
	} {
		found, times := run(c.exact, c.lost)
		if (found-c.want).Abs() > 500*time.Microsecond || times > 1 {
			t.Errorf("%s: found %v in %d losses, want %v", name, found, times, c.want)
		}
	}
}
