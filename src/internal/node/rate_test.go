package node

import (
	"math"
	"testing"
	"time"
)

// readings feeds the counts of so many seconds, one a second.
func readings(r *rate, counts ...uint64) {
	for i, count := range counts {
		r.add(count, time.Duration(i+1)*time.Second)
	}
}

func TestRateIsOfTheLastReadings(t *testing.T) {
	var r rate
	r.reset(1000, 0)
	if got := r.hertz(); got != 0 {
		t.Errorf("rate of one reading = %v, want 0", got)
	}
	readings(&r, 1000, 1000, 1030, 1060, 1090, 1120, 1150, 1180)
	if got := r.hertz(); math.Abs(got-30) > 1e-9 {
		t.Errorf("rate = %v, want 30", got)
	}
}

func TestARateIsJudgedOnceAWholeSpanIsKnown(t *testing.T) {
	for _, test := range []struct {
		name   string
		counts []uint64
		limit  float64
		want   bool
	}{
		{"too few readings", []uint64{0, 0, 0}, 27, false},
		{"as expected", []uint64{30, 60, 90, 120, 150}, 27, false},
		{"half", []uint64{15, 30, 45, 60, 75}, 27, true},
		{"slow by nature, one to come", []uint64{0, 0, 1, 1, 1}, 0.36, false},
		{"nothing expected", []uint64{0, 0, 0, 0, 0}, 0, false},
	} {
		var r rate
		r.reset(0, 0)
		readings(&r, test.counts...)
		if got := r.below(test.limit); got != test.want {
			t.Errorf("%s: below(%v) = %v, want %v", test.name, test.limit, got, test.want)
		}
	}
}
