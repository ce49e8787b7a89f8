package clock

import (
	"testing"
	"time"
)

func TestTicksOfPeriodsThatDivideEachOtherFallTogether(t *testing.T) {
	const started = 7*time.Hour + 123456789
	for _, test := range []struct{ since, period, want time.Duration }{
		{0, time.Second, time.Second},
		{1, time.Second, time.Second},
		{time.Second - 1, time.Second, time.Second},
		{time.Second, time.Second, 2 * time.Second},
		{time.Second - 1, time.Second / 4, time.Second},
		{time.Second, time.Second / 4, time.Second + time.Second/4},
		{time.Hour + 1, time.Second, time.Hour + time.Second},
	} {
		if got := tickAfter(started+test.since, started, test.period) - started; got != test.want {
			t.Errorf("%v after the start, each %v: got %v, want %v", test.since, test.period, got, test.want)
		}
	}
}

func TestNextTickIsAhead(t *testing.T) {
	const period = time.Millisecond
	for range 1000 {
		before := Monotonic()
		if tick := NextTick(period); tick <= before || tick > Monotonic()+period {
			t.Fatalf("at %v the next tick is at %v", before, tick)
		}
	}
}
