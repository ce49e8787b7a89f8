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

func TestLostImagesAreCountedByTheGaps(t *testing.T) {
	for _, test := range []struct {
		rate   float64
		lossy  int
		jitter time.Duration
		want   uint64
	}{
		{30, 0, 0, 0},
		{30, 0, 3 * time.Millisecond, 0},
		{30, 10, 0, 99}, // the last of 1000 is not missed yet
		{30, 3, 3 * time.Millisecond, 333},
		{30, 5, 3 * time.Millisecond, 199},
		{7.5, 4, 13 * time.Millisecond, 249},
	} {
		for _, told := range []time.Duration{second(test.rate), 0} {
			g := GapCounter{Period: told}
			var lost uint64
			all := stamps(test.rate, 1000, test.lossy, test.jitter)
			skipped := uint64(0)
			for i, stamp := range all {
				n := g.Lost(stamp)
				if told == 0 && i < 20 {
					skipped += n // it has to learn the period
					continue
				}
				lost += n
			}
			least := test.want
			if told == 0 && test.lossy > 0 {
				least -= min(least, uint64(40/test.lossy)+1)
			}
			if lost > test.want || lost < least {
				t.Errorf("%v images/s, every %d. lost, jitter %v, told %v: counted %d, want %d to %d",
					test.rate, test.lossy, test.jitter, told, lost, least, test.want)
			}
		}
	}
}

func TestACameraThatBecomesSlowerLosesNothing(t *testing.T) {
	g := GapCounter{Period: second(30)}
	var before, after uint64
	for _, stamp := range stamps(30, 100, 0, 0) {
		before += g.Lost(stamp)
	}
	slow := stamps(15, 100, 0, 0)
	for i, stamp := range slow {
		n := g.Lost(stamp + 4*time.Second)
		if i > 8 { // the window of the quartile
			after += n
		}
	}
	if before != 0 || after != 0 {
		t.Errorf("counted %d before and %d after, want none", before, after)
	}
}
