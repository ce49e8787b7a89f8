package timing

import (
	"math/rand/v2"
	"testing"
	"time"
)

// stamps are those of a camera at a rate [images/s], each up to jitter early or
// late; every lossy-th image is missing.
func stamps(rate float64, count, lossy int, jitter time.Duration) []time.Duration {
	random := rand.New(rand.NewPCG(1, 2))
	var all []time.Duration
	for i := range count {
		if lossy > 0 && i%lossy == lossy-1 {
			continue
		}
		due := 1000 + float64(i)/rate // [s]
		off := time.Duration(0)
		if jitter > 0 {
			off = time.Duration(random.Int64N(int64(2*jitter))) - jitter
		}
		all = append(all, time.Duration(due*float64(time.Second))+off)
	}
	return all
}

func second(rate float64) time.Duration { return time.Duration(float64(time.Second) / rate) }

func TestImagesAreDroppedEvenly(t *testing.T) {
	for _, test := range []struct{ own, wanted float64 }{
		{30, 20}, {30, 15}, {30, 10}, {30, 7.5}, {30, 29}, {30, 1}, {60, 24}, {29.97, 12.5}, {25, 0.5},
	} {
		for _, jitter := range []time.Duration{0, second(test.own) / 5} {
			d, rate := NewDecimator(test.own, test.wanted)
			if rate != test.wanted {
				t.Errorf("%v of %v images/s: rate %v", test.wanted, test.own, rate)
			}
			const count = 3000
			all := stamps(test.own, count, 0, jitter)
			var kept []time.Duration
			for _, stamp := range all {
				if !d.Unwanted(stamp, second(test.own)) {
					kept = append(kept, stamp)
				}
			}
			want := count * test.wanted / test.own
			if n := float64(len(kept)); n < want-1.5 || n > want+1.5 {
				t.Errorf("%v of %v images/s, jitter %v: kept %v of %d, want %.1f", test.wanted, test.own, jitter, n, count, want)
			}
			// Each within half a period of the camera, and jitter, of where it is
			// due; the first one says when that is.
			for i, stamp := range kept {
				due := kept[0] + time.Duration(float64(i)/test.wanted*float64(time.Second))
				if off := (stamp - due).Abs(); off > second(test.own)/2+2*jitter+time.Millisecond {
					t.Errorf("%v of %v images/s, jitter %v: image %d is off by %v", test.wanted, test.own, jitter, i, off)
					break
				}
			}
		}
	}
}

func TestNothingIsDroppedOfWhatIsWanted(t *testing.T) {
	for _, rates := range [][2]float64{{30, 0}, {0, 30}, {30, 30}, {25, 30}, {30, 29.97}} {
		if d, rate := NewDecimator(rates[0], rates[1]); d.Period != 0 || rate != rates[0] {
			t.Errorf("%v of %v images/s: period %v, rate %v", rates[1], rates[0], d.Period, rate)
		}
	}
	var d Decimator
	for _, stamp := range stamps(30, 100, 0, 5*time.Millisecond) {
		if d.Unwanted(stamp, second(30)) {
			t.Fatal("an image was dropped")
		}
	}
}

func TestDroppingGoesOnAfterAGap(t *testing.T) {
	d := Decimator{Period: second(10)}
	kept := 0
	for _, origin := range []time.Duration{0, time.Hour, time.Minute} { // later, and a clock set back
		for _, stamp := range stamps(30, 30, 0, 0) {
			if !d.Unwanted(origin+stamp, second(30)) {
				kept++
			}
		}
	}
	if kept != 30 {
		t.Errorf("kept %d images, want 10 of each second", kept)
	}
}
