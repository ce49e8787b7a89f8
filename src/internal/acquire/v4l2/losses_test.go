package v4l2

import (
	"testing"
	"time"
)

func TestLossesAreTheGapsOfTheDriversCount(t *testing.T) {
	counter := lossCounter{}
	counter.gaps.Period = 33e6
	stamp := int64(1e9)
	for i, test := range []struct {
		sequence uint32
		after    int64 // [ms] the image before
		lost     uint64
	}{
		{7, 0, 0},   // numbers begin anywhere
		{8, 33, 0},  //
		{9, 200, 0}, // slower by itself: no number is missing
		{10, 600, 0},
		{14, 33, 3},
		{15, 33, 0},
		{15, 33, 0}, // a driver that does not count any more: stamps are all there is
		{15, 99, 0}, // lost, or slower by itself: the next ones tell
		{15, 33, 0},
		{15, 33, 2},
		{15, 66, 0}, // slower by itself
		{15, 66, 0},
		{15, 66, 0},
		{15, 66, 0},
		{15, 198, 0}, // lost
		{0, 33, 0},   // nor does one that begins anew; it is faster again
		{1, 33, 2},   // it counts again, what is not judged yet is now
		{2, 99, 0},
		{3, 33, 0},
		{4, 33, 0},
		{1<<32 - 1, 33, 0}, // it goes back by five
		{1, 33, 1},         // over the end of the numbers
	} {
		stamp += test.after * 1e6
		if got := counter.lost(test.sequence, time.Duration(stamp)); got != test.lost {
			t.Errorf("image %d, number %d: %d lost, want %d", i, test.sequence, got, test.lost)
		}
	}
}
