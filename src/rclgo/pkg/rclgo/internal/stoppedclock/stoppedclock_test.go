package stoppedclock_test

import (
	"context"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/internal/stoppedclock"
)

// deadline is long after anything should have happened.
const deadline = 30 * time.Second

// TestTimersGoOnWhenTheSystemClockIsSetBack: a timer is called in time while the
// middleware's own timeouts never come. Where the middleware has none on the
// system's clock, the test is skipped.
func TestTimersGoOnWhenTheSystemClockIsSetBack(t *testing.T) {
	for name, clock := range map[string]rclgo.ClockType{
		"steady": rclgo.ClockTypeSteadyTime, "system": rclgo.ClockTypeSystemTime,
	} {
		t.Run(name, func(t *testing.T) {
			c, err := rclgo.NewContext(clock, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}()
			const calls = 5
			called := make(chan struct{}, calls)
			if _, err := c.NewTimer(10*time.Millisecond, func(*rclgo.Timer) {
				select {
				case called <- struct{}{}:
				default:
				}
			}); err != nil {
				t.Fatal(err)
			}
			before := stoppedclock.Waits()
			ctx, cancel := context.WithCancel(t.Context())
			spun := make(chan error, 1)
			go func() { spun <- c.Spin(ctx) }()
			late := time.After(deadline)
			for range calls {
				select {
				case <-called:
				case <-late:
					t.Fatalf("a timer of 10 ms was called less than %d times in %v", calls, deadline)
				}
			}
			cancel()
			<-spun
			if stoppedclock.Waits() == before {
				t.Skip("this middleware does not wait on the system's clock")
			}
		})
	}
}
