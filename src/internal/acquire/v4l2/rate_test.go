package v4l2

import (
	"math"
	"testing"
)

func TestIntervalIsTheSimplestFraction(t *testing.T) {
	for rate, want := range map[float64]interval{
		30:     {1, 30},
		29.97:  {1001, 30000},
		59.94:  {1001, 60000},
		23.976: {1001, 24000},
		7.5:    {2, 15},
		0.1:    {10, 1},
		1000:   {1, 1000},
		12.5:   {2, 25},
		1. / 3: {3, 1},
	} {
		if got := intervalOf(rate); got != want {
			t.Errorf("intervalOf(%v) = %v, want %v", rate, got, want)
		}
	}
	for rate := 0.1; rate <= 1000; rate *= 1.0137 {
		got := intervalOf(rate)
		if d := math.Abs(got.rate()/rate - 1); !(d < 2e-4) {
			t.Errorf("intervalOf(%v) = %v, off by %v", rate, got, d)
		}
	}
}

func TestTheLowestRateIsChosenThatIsHighEnough(t *testing.T) {
	offered := []float64{60, 30000. / 1001, 15, 5}
	for wanted, want := range map[float64]float64{
		30: 30, 29.97: 29.97, 20: 30000. / 1001, 15: 15, 14: 15, 31: 60, 90: 60, 1: 5,
	} {
		if got := chooseRate(offered, wanted); got != want {
			t.Errorf("chooseRate(%v) = %v, want %v", wanted, got, want)
		}
	}
	if got := chooseRate(nil, 12); got != 12 {
		t.Errorf("chooseRate without offers = %v, want 12", got)
	}
}

func TestIntervalsAreCompared(t *testing.T) {
	for _, test := range []struct {
		a, b interval
		want bool
	}{
		{interval{1, 30}, interval{1, 30}, true},
		{interval{333333, 10000000}, interval{1, 30}, true},
		{interval{333667, 10000000}, interval{1001, 30000}, true},
		{interval{1001, 30000}, interval{1, 30}, false},
		{interval{1, 30}, interval{1, 15}, false},
		{interval{}, interval{1, 30}, false}, // unknown
		{interval{2, 15}, interval{1333333, 10000000}, true},
	} {
		if got := test.a.near(test.b); got != test.want {
			t.Errorf("%v near %v: %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
