package clock_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"av_capture/src/internal/clock"
)

// clocks simulates the clocks of a machine whose system's time is set.
type clocks struct {
	monotonic time.Duration
	offset    time.Duration // of the system's time, from epoch + monotonic
	width     time.Duration
}

var epoch = time.Unix(1_000_000_000, 0)

func (c *clocks) read() clock.Reading {
	return clock.Reading{System: epoch.Add(c.monotonic + c.offset), At: c.monotonic, Width: c.width}
}

// run lets time pass with a message each interval, and returns their stamps, from
// epoch.
func (c *clocks) run(s *clock.Stamps, topic *clock.Topic, passes, interval time.Duration) []time.Duration {
	var stamps []time.Duration
	for end := c.monotonic + passes; c.monotonic < end; {
		c.monotonic += interval
		stamps = append(stamps, s.Of(topic, c.monotonic-interval/2).Sub(epoch))
	}
	return stamps
}

func growing(stamps []time.Duration) bool {
	for i := range stamps[1:] {
		if stamps[i+1] <= stamps[i] {
			return false
		}
	}
	return true
}

func TestStampsFollowTheSystemsTime(t *testing.T) {
	const interval = 10 * time.Millisecond
	for _, step := range []time.Duration{
		-5 * time.Hour, -2 * time.Second, -1100 * time.Millisecond, -time.Second, -200 * time.Millisecond,
		-time.Microsecond, 0, 200 * time.Millisecond, 2 * time.Second, 5 * time.Hour,
	} {
		t.Run(step.String(), func(t *testing.T) {
			c := &clocks{monotonic: time.Hour}
			s := &clock.Stamps{Clocks: c.read}
			var topic, rare clock.Topic
			s.Of(&rare, c.monotonic)
			before := c.run(s, &topic, 3*time.Second, interval)
			c.offset += step
			after := c.run(s, &topic, 3*time.Second, interval)
			if !growing(before) || !growing(after) {
				t.Error("stamps do not grow but for the step")
			}
			follows := step < -clock.StepBound
			if back := after[0] <= before[len(before)-1]; back != follows {
				t.Errorf("stamps went back: %v, want %v", back, follows)
			}
			for i, stamp := range after {
				want := 3*time.Second + time.Hour + step + time.Duration(i)*interval + interval/2
				if stamp != want && (follows || step > 0 || time.Duration(i)*interval >= -step) {
					t.Fatalf("%v after the step the stamp is off by %v", time.Duration(i)*interval, stamp-want)
				}
			}
			if got, want := s.Of(&rare, c.monotonic).Sub(epoch), c.monotonic+c.offset; got != want {
				t.Errorf("stamp of another topic is off by %v", got-want)
			}
			var want []time.Duration
			if step.Abs() > clock.StepBound {
				want = []time.Duration{step}
			}
			back, news := s.Steps()
			if (back == 1) != follows || back > 1 || !slices.Equal(news, want) {
				t.Errorf("%d steps back, told of %v, want %v", back, news, want)
			}
			if _, news = s.Steps(); len(news) > 0 {
				t.Errorf("told of %v again", news)
			}
		})
	}
}

// TestSmallStepsBackAddUp: stamps must not be left behind by many small steps,
// each within the bound; where time passes in between they are caught up with.
func TestSmallStepsBackAddUp(t *testing.T) {
	for pause, want := range map[time.Duration]uint64{20 * time.Millisecond: 1, 500 * time.Millisecond: 0} {
		c := &clocks{}
		s := &clock.Stamps{Clocks: c.read}
		var topic clock.Topic
		for range 5 {
			for _, stamp := range c.run(s, &topic, pause, 10*time.Millisecond) {
				if ahead := stamp - c.monotonic - c.offset; ahead > clock.StepBound {
					t.Errorf("pauses of %v: a stamp is ahead of the system's time by %v", pause, ahead)
				}
			}
			c.offset -= 300 * time.Millisecond
		}
		if back, news := s.Steps(); back != want {
			t.Errorf("pauses of %v: %d steps back, of %v, want %d", pause, back, news, want)
		}
	}
}

// TestRareComparisonFindsTheWholeStep: how seldom the clocks are read makes a step no smaller.
func TestRareComparisonFindsTheWholeStep(t *testing.T) {
	c := &clocks{}
	s := &clock.Stamps{Clocks: c.read}
	s.Steps()
	c.monotonic += time.Minute
	c.offset -= 1500 * time.Millisecond
	if back, news := s.Steps(); back != 1 || !slices.Equal(news, []time.Duration{-1500 * time.Millisecond}) {
		t.Errorf("%d steps back, of %v", back, news)
	}
}

// TestTwoStepsBackAreTwo, also without a call in between.
func TestTwoStepsBackAreTwo(t *testing.T) {
	c := &clocks{}
	s := &clock.Stamps{Clocks: c.read}
	var topic clock.Topic
	var want []time.Duration
	for _, step := range []time.Duration{-2 * time.Second, 2 * time.Second, -time.Hour, -time.Hour} {
		c.run(s, &topic, 100*time.Millisecond, 10*time.Millisecond)
		c.offset += step
		want = append(want, step)
	}
	if back, news := s.Steps(); back != 3 || !slices.Equal(news, want) {
		t.Errorf("%d steps back, of %v, want 3, of %v", back, news, want)
	}
}

// TestInterruptedReadingIsNoStep: a process that is stopped between the readings
// of the two clocks has not seen a step.
func TestInterruptedReadingIsNoStep(t *testing.T) {
	c := &clocks{}
	s := &clock.Stamps{Clocks: c.read}
	s.Steps()
	c.offset, c.width = -4*time.Second, 8*time.Second
	s.Steps()
	c.offset, c.width = 0, 0
	if back, news := s.Steps(); back != 0 || len(news) > 0 {
		t.Errorf("%d steps back, of %v, want none", back, news)
	}
}

// TestOvertakenReadingIsNoStep: a thread that was stopped after it had read the
// clocks comes late with a time from before a step.
func TestOvertakenReadingIsNoStep(t *testing.T) {
	at := func(monotonic, offset time.Duration) clock.Reading {
		return clock.Reading{System: epoch.Add(monotonic + offset), At: monotonic}
	}
	const step = -5 * time.Hour
	readings := []clock.Reading{
		at(time.Second, 0), at(1200*time.Millisecond, step), at(1100*time.Millisecond, 0), at(1300*time.Millisecond, step),
		at(1300*time.Millisecond, step),
	}
	s := &clock.Stamps{Clocks: func() clock.Reading {
		next := readings[0]
		readings = readings[1:]
		return next
	}}
	var topic, other clock.Topic
	s.Of(&topic, time.Second)
	s.Of(&other, 1200*time.Millisecond)
	for _, acquired := range []time.Duration{1100 * time.Millisecond, 1300 * time.Millisecond} {
		if off := s.Of(&topic, acquired).Sub(epoch) - acquired - step; off != 0 {
			t.Errorf("the stamp of %v is off by %v", acquired, off)
		}
	}
	if back, news := s.Steps(); back != 1 || !slices.Equal(news, []time.Duration{step}) {
		t.Errorf("%d steps back, of %v, want one of %v", back, news, step)
	}
}

// TestStampsNeverRepeat: neither where a better estimate of the sample clock moves
// a time back, nor where a driver stamps two images alike.
func TestStampsNeverRepeat(t *testing.T) {
	c := &clocks{}
	s := &clock.Stamps{Clocks: c.read}
	rng := rand.New(rand.NewPCG(1, 2))
	var topic clock.Topic
	last := time.Time{}
	for range 10_000 {
		c.monotonic += time.Duration(rng.IntN(3)) * time.Millisecond
		stamp := s.Of(&topic, c.monotonic-time.Duration(rng.IntN(4))*time.Millisecond)
		if !stamp.After(last) {
			t.Fatalf("stamp %v after %v", stamp, last)
		}
		last = stamp
	}
}

func TestRestartLetsStampsGoBack(t *testing.T) {
	c := &clocks{monotonic: time.Hour}
	s := &clock.Stamps{Clocks: c.read}
	var topic clock.Topic
	s.Of(&topic, 2*time.Hour) // a file, played ahead of its time
	s.Restart(&topic)
	if got := s.Of(&topic, time.Hour).Sub(epoch); got != time.Hour {
		t.Errorf("stamp %v after Restart, want 1h", got)
	}
	if back, news := s.Steps(); back != 0 || len(news) > 0 {
		t.Errorf("%d steps back, of %v, want none", back, news)
	}
}

func TestStampsOfThisMachineAreItsTime(t *testing.T) {
	var s clock.Stamps
	var topic clock.Topic
	now := clock.Monotonic()
	if off := s.Of(&topic, now).Sub(clock.System(now)); off.Abs() > time.Millisecond {
		t.Errorf("stamp is off by %v", off)
	}
}

func TestStampsAreSharedSafely(t *testing.T) {
	var s clock.Stamps
	var topics [3]clock.Topic
	var sharing sync.WaitGroup
	for i := range topics {
		sharing.Add(1)
		go func() {
			defer sharing.Done()
			last := time.Time{}
			for range 1000 {
				if stamp := s.Of(&topics[i], clock.Monotonic()); !stamp.After(last) {
					t.Errorf("stamp %v after %v", stamp, last)
				} else {
					last = stamp
				}
				s.Steps()
			}
		}()
	}
	sharing.Wait()
}

func TestStampsAllocateNothing(t *testing.T) {
	var s clock.Stamps
	var topic clock.Topic
	now := clock.Monotonic()
	if got := testing.AllocsPerRun(100, func() { s.Of(&topic, now) }); got != 0 {
		t.Errorf("%v allocations per stamp, want 0", got)
	}
}
