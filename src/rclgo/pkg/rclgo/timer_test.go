package rclgo_test

import (
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestTimerKeepsItsPeriod(t *testing.T) {
	for name, clock := range map[string]rclgo.ClockType{
		"ROS": rclgo.ClockTypeROSTime, "system": rclgo.ClockTypeSystemTime, "steady": rclgo.ClockTypeSteadyTime,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := rclgo.NewContextWithOpts(nil, &rclgo.ContextOptions{ClockType: clock, DomainID: domain})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			const period = 20 * time.Millisecond
			called := make(chan time.Time, 1000)
			start := time.Now()
			timer, err := c.NewTimer(period, func(*rclgo.Timer) { called <- time.Now() })
			if err != nil {
				t.Fatal(err)
			}
			if timer.Context() != c {
				t.Error("timer has another context")
			}
			spin(t, c.Spin)
			const n = 10
			var last time.Time
			for range n {
				last = receive(t, called)
			}
			// Late is possible on a busy machine, early is not: the tenth call
			// comes after ten periods.
			if got := last.Sub(start); got < n*period-time.Millisecond {
				t.Errorf("%d periods of %v took %v", n, period, got)
			}
		})
	}
}

func TestTimerResetStartsThePeriodAnew(t *testing.T) {
	c := newContext(t, domain)
	timer, err := c.NewTimer(time.Hour, nil)
	if err != nil {
		t.Fatal(err)
	}
	spin(t, c.Spin)
	left := func() time.Duration {
		ns, err := timer.GetTimeUntilNextCall()
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(ns)
	}
	eventually(t, "the time passing", func() bool { return left() < time.Hour-10*time.Millisecond })
	before := left()
	if err := timer.Reset(); err != nil {
		t.Fatal(err)
	}
	if after := left(); after <= before || after > time.Hour {
		t.Errorf("time until the next call: %v before Reset, %v after, want nearly an hour", before, after)
	}
}

func TestNewTimersUseTheClockThatIsSet(t *testing.T) {
	c := newContext(t, domain)
	first := c.Clock()
	if first == nil || first.Context() != c {
		t.Fatalf("clock of another context: %v", first)
	}
	steady, err := c.NewClock(rclgo.ClockTypeSteadyTime)
	if err != nil {
		t.Fatal(err)
	}
	c.SetClock(steady)
	if c.Clock() != steady {
		t.Error("SetClock has not set the clock")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	called := make(chan struct{}, 1000)
	if _, err := c.NewTimer(time.Millisecond, func(*rclgo.Timer) { called <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	spin(t, c.Spin)
	receive(t, called)
	// A timer keeps its clock, closed or not; a new one needs one that is open.
	if err := steady.Close(); err != nil {
		t.Fatal(err)
	}
	for len(called) > 0 {
		<-called
	}
	receive(t, called)
	_, err = c.NewTimer(time.Millisecond, nil)
	wantError[*rclgo.InvalidArgument](t, "NewTimer", err)
}
