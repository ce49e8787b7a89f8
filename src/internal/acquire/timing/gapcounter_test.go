package timing

import (
	"testing"
	"time"
)

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
			for i, stamp := range stamps(test.rate, 1000, test.lossy, test.jitter) {
				n := g.Lost(stamp)
				if told == 0 && i < 20 {
					continue // it has to learn the period
				}
				lost += n
			}
			lost += g.Rest()
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

// TestACameraThatChangesItsRateLosesNothing: in the dark cameras become slower by themselves,
// at once or step by step, and faster again.
func TestACameraThatChangesItsRateLosesNothing(t *testing.T) {
	for _, test := range []struct {
		name  string
		rates []float64 // one after the other [images/s]
		each  int       // images at each rate
	}{
		{"30 to 15 and back", []float64{30, 15, 30}, 100},
		{"5 to 1.67 and back", []float64{5, 5. / 3, 5}, 30},
		{"30 to 10 for five images, again and again", []float64{30, 10, 30, 10, 30, 10, 30, 10, 30}, 5},
		{"slow from the start", []float64{7.5, 30}, 50},
		{"step by step", []float64{30, 27, 24, 20, 17, 14, 12, 10, 12, 14, 17, 20, 24, 27, 30}, 4},
		{"image by image", []float64{30, 25, 20, 16, 13, 10, 10, 10, 10, 13, 16, 20, 25, 30, 30, 30}, 1},
		{"much slower", []float64{30, 2, 30}, 20},
	} {
		for _, told := range []time.Duration{second(30), 0} {
			g := GapCounter{Period: told}
			var lost uint64
			at, images := 4*time.Second, 0
			for _, rate := range test.rates {
				for range test.each {
					at += second(rate)
					// Drivers stamp to 3 ms.
					lost += g.Lost(at + time.Duration(images%3)*time.Millisecond)
					images++
				}
			}
			if lost += g.Rest(); lost != 0 {
				t.Errorf("%s, told %v: %d of %d images counted as lost", test.name, told, lost, images)
			}
		}
	}
}

// TestASlowerCamerasLossesCount: the gap is as long as its own period makes it.
func TestASlowerCamerasLossesCount(t *testing.T) {
	g := GapCounter{Period: second(30)}
	at := time.Second
	var lost uint64
	image := func(periods int) {
		at += time.Duration(periods) * second(10)
		lost += g.Lost(at)
	}
	for range 20 {
		image(1)
	}
	image(3) // two are lost
	image(1)
	if lost != 0 {
		t.Errorf("%d lost, before it is known whether the camera has become slower", lost)
	}
	image(1)
	if lost != 2 {
		t.Errorf("%d lost, want 2", lost)
	}
	for range 5 {
		image(1)
	}
	image(2)
	if lost += g.Rest(); lost != 3 {
		t.Errorf("%d lost with the last gap, want 3", lost)
	}
	if n := g.Rest(); n != 0 {
		t.Errorf("%d lost of what has been counted", n)
	}
}

// TestALateImageIsNotLost: a machine that stands still for a moment stamps what came meanwhile
// when it goes on.
func TestALateImageIsNotLost(t *testing.T) {
	for _, told := range []time.Duration{second(30), 0} {
		g := GapCounter{Period: told}
		var lost, want uint64
		for i := range 300 {
			stamp := time.Second + time.Duration(i)*second(30)
			switch {
			case i >= 50 && i%40 < 2:
				stamp += time.Duration(2-i%40)*second(30) + time.Duration(i%40)*2*time.Millisecond
			case i == 110:
				want++ // this one is
				continue
			}
			lost += g.Lost(stamp)
		}
		if lost += g.Rest(); lost != want {
			t.Errorf("told %v: %d lost, want %d", told, lost, want)
		}
	}
}
