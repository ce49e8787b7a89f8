package node

import (
	"math"
	"testing"
	"time"
)

// readings feeds the counts of so many seconds, one a second.
func readings(r *Rate, counts ...uint64) {
	for i, count := range counts {
		r.Add(count, time.Duration(i+1)*time.Second)
	}
}

func TestRateIsOfTheLastReadings(t *testing.T) {
	var r Rate
	r.Reset(1000, 0)
	if got := r.Hertz(); got != 0 {
		t.Errorf("rate of one reading = %v, want 0", got)
	}
	readings(&r, 1000, 1000, 1030, 1060, 1090, 1120, 1150, 1180)
	if got := r.Hertz(); math.Abs(got-30) > 1e-9 {
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
		var r Rate
		r.Reset(0, 0)
		readings(&r, test.counts...)
		if got := r.Below(test.limit); got != test.want {
			t.Errorf("%s: below(%v) = %v, want %v", test.name, test.limit, got, test.want)
		}
	}
}
