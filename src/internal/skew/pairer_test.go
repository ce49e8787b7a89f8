package skew

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// join gives a pairer events in the order of time, with progress after each, and nothing else
// from ten seconds before to a minute.
func join(p *Pairer, images, sounds []time.Duration) (pairs []Pair) {
	i, s := 0, 0
	p.SearchedImages(-10 * time.Second)
	p.SearchedSounds(-10 * time.Second)
	for i < len(images) || s < len(sounds) {
		if s == len(sounds) || i < len(images) && images[i] <= sounds[s] {
			p.AddImage(images[i])
			pairs = append(pairs, p.SearchedImages(images[i])...)
			i++
		} else {
			p.AddSound(sounds[s])
			pairs = append(pairs, p.SearchedSounds(sounds[s])...)
			s++
		}
	}
	pairs = append(pairs, p.SearchedImages(time.Minute)...)
	pairs = append(pairs, p.SearchedSounds(time.Minute)...)
	return append(pairs, p.Finish()...)
}

func ms(values ...int) (times []time.Duration) {
	for _, v := range values {
		times = append(times, time.Duration(v)*time.Millisecond)
	}
	return times
}

func TestEventsThatAreNearestArePairs(t *testing.T) {
	for name, c := range map[string]struct {
		images, sounds []time.Duration
		pairs          []Pair
		unseen         int // sounds
		unheard        int // images
	}{
		"all":               {ms(1000, 2000, 3000), ms(990, 1990, 2990), []Pair{{ms(1000)[0], ms(990)[0]}, {ms(2000)[0], ms(1990)[0]}, {ms(3000)[0], ms(2990)[0]}}, 0, 0},
		"one not seen":      {ms(1000, 3000), ms(1100, 2100, 3100), []Pair{{ms(1000)[0], ms(1100)[0]}, {ms(3000)[0], ms(3100)[0]}}, 1, 0},
		"one not heard":     {ms(1000, 2000, 3000), ms(1100, 3100), []Pair{{ms(1000)[0], ms(1100)[0]}, {ms(3000)[0], ms(3100)[0]}}, 0, 1},
		"another one next":  {ms(1000), ms(600, 1010, 1300), []Pair{{ms(1000)[0], ms(1010)[0]}}, 2, 0},
		"nearer to another": {ms(1000, 1400), ms(1390), []Pair{{ms(1400)[0], ms(1390)[0]}}, 0, 1},
		"half a second":     {ms(1000), ms(1500), []Pair{{ms(1000)[0], ms(1500)[0]}}, 0, 0},
		"more than half":    {ms(1000), ms(1501), nil, 1, 1},
		"nothing seen":      {nil, ms(1000, 2000), nil, 2, 0},
		"nothing":           {nil, nil, nil, 0, 0},
	} {
		p := Pairer{Window: 500 * time.Millisecond}
		if pairs := join(&p, c.images, c.sounds); !slices.Equal(pairs, c.pairs) || p.UnmatchedImages != c.unheard || p.UnmatchedSounds != c.unseen {
			t.Errorf("%s: %v, %d not heard, %d not seen; want %v, %d, %d", name, pairs, p.UnmatchedImages, p.UnmatchedSounds, c.pairs, c.unheard, c.unseen)
		}
	}
}

// A pair is told as soon as nothing can change it, and no sooner.
func TestPairsAreToldWhenTheyAreCertain(t *testing.T) {
	p := Pairer{Window: 500 * time.Millisecond}
	p.AddSound(time.Second)
	p.AddImage(1010 * time.Millisecond)
	if got := p.SearchedSounds(10 * time.Second); got != nil {
		t.Errorf("%v, though nothing is known of images", got)
	}
	if got := p.SearchedImages(2 * time.Second); got != nil {
		t.Errorf("%v, though an image may be nearer", got)
	}
	if got := p.SearchedImages(2*time.Second + 1); len(got) != 1 || got[0].Skew() != 10*time.Millisecond {
		t.Errorf("%v, want a skew of 10 ms", got)
	}
	// A camera that is gone holds up nothing for ever.
	p.AddSound(20 * time.Second)
	p.SearchedSounds(21*time.Second + patience)
	if p.UnmatchedSounds != 0 {
		t.Error("an event is given up too early")
	}
	if p.SearchedSounds(21*time.Second + patience + 1); p.UnmatchedSounds != 1 {
		t.Error("an event is not given up")
	}
}

// The system's clock is set back by an hour: the stamps of both topics follow, those of images
// first. What is not judged yet then is judged, and the events after are joined as before.
func TestPairsGoOnWhenTheClockIsSetBack(t *testing.T) {
	p := Pairer{Window: 500 * time.Millisecond}
	var pairs []Pair
	for _, start := range []time.Duration{time.Hour, 0, time.Minute} {
		pairs = append(pairs, p.SearchedImages(start)...)
		pairs = append(pairs, p.SearchedSounds(start)...)
		for _, at := range ms(1000, 2000, 3000) {
			p.AddSound(start + at)
			pairs = append(pairs, p.SearchedSounds(start+at)...)
			p.AddImage(start + at)
			pairs = append(pairs, p.SearchedImages(start+at)...)
		}
	}
	pairs = append(pairs, p.Finish()...)
	if len(pairs) != 9 || p.UnmatchedImages+p.UnmatchedSounds != 0 {
		t.Errorf("%d pairs, %d and %d unmatched, want 9 and none: %v", len(pairs), p.UnmatchedImages, p.UnmatchedSounds, pairs)
	}
}

// At the beginning and at the end one of two may be out of sight or hearing.
func TestEventsWhosePartnerMayHaveBeenMissedAreNotCounted(t *testing.T) {
	p := Pairer{Window: 500 * time.Millisecond}
	p.SearchedImages(0)
	p.AddImage(800 * time.Millisecond) // the sound begins now
	p.SearchedSounds(900 * time.Millisecond)
	p.AddSound(1800 * time.Millisecond)
	p.SearchedSounds(3 * time.Second)
	p.SearchedImages(2900 * time.Millisecond)
	p.AddSound(2700 * time.Millisecond) // the image comes later, but it ends now
	if pairs := p.Finish(); len(pairs) != 0 || p.UnmatchedImages != 0 || p.UnmatchedSounds != 0 {
		t.Errorf("%v, %d and %d unmatched, want none", pairs, p.UnmatchedImages, p.UnmatchedSounds)
	}
}

// A day of random events is joined without anything that grows.
func TestPairerForgetsWhatItHasJudged(t *testing.T) {
	p := Pairer{Window: 500 * time.Millisecond}
	random := rand.New(rand.NewPCG(7, 8))
	pairs, seen, heard := 0, 0, 0
	p.SearchedImages(-10 * time.Second)
	p.SearchedSounds(-10 * time.Second)
	for i := range 86400 {
		at := time.Duration(i) * time.Second
		if random.IntN(10) > 0 {
			seen++
			p.AddImage(at + 20*time.Millisecond)
		}
		if random.IntN(10) > 0 {
			heard++
			p.AddSound(at)
		}
		pairs += len(p.SearchedImages(at+30*time.Millisecond)) + len(p.SearchedSounds(at+30*time.Millisecond))
		if len(p.images.events) > 3 || len(p.sounds.events) > 3 {
			t.Fatalf("%d and %d events wait", len(p.images.events), len(p.sounds.events))
		}
	}
	pairs += len(p.SearchedImages(90000*time.Second)) + len(p.SearchedSounds(90000*time.Second))
	if pairs+p.UnmatchedImages != seen || pairs+p.UnmatchedSounds != heard || pairs < 60000 {
		t.Errorf("%d pairs, %d and %d unmatched, of %d and %d", pairs, p.UnmatchedImages, p.UnmatchedSounds, seen, heard)
	}
}

func TestSummaryIsThatOfTheSkews(t *testing.T) {
	epoch := 1_700_000_000 * time.Second
	var pairs []Pair
	for i := range 101 {
		at := epoch + time.Duration(i)*2*time.Second
		pairs = append(pairs, Pair{Image: at + time.Duration(i)*time.Millisecond, Sound: at})
	}
	s := Summarize(pairs)
	if s.Events != 101 || s.Median != 50*time.Millisecond || s.P1 != time.Millisecond || s.P99 != 99*time.Millisecond ||
		s.MAD != 25*time.Millisecond || s.Interval != 2*time.Second || math.Abs(s.Drift-0.5e-3) > 1e-9 || s.DriftError > 1e-9 {
		t.Errorf("%+v", s)
	}
	if want := 1.4826 * 25 * 1.2533 / math.Sqrt(101); math.Abs(s.Error.Seconds()*1e3-want) > 1e-3 {
		t.Errorf("the error of the median is %v, want %.3f ms", s.Error, want)
	}
	if s := Summarize(pairs[3:4]); s.Median != 3*time.Millisecond || s.P1 != s.P99 || s.MAD != 0 || s.Error != 0 || s.Interval != 0 || !math.IsNaN(s.Drift) {
		t.Errorf("of one event: %+v", s)
	}
}

// A sound clock that is off by 400 ppm and not allowed for, with noise and gross outliers.
func TestDriftIsRobust(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, ppm := range []float64{-400, 0, 400} {
		var pairs []Pair
		for i := range 3000 {
			at := time.Duration(i) * time.Second
			skew := ppm*1e-6*at.Seconds() + 0.002*random.NormFloat64()
			if i%10 == 0 {
				skew = random.Float64() - 0.5
			}
			pairs = append(pairs, Pair{Image: at + time.Duration(skew*1e9), Sound: at})
		}
		s := Summarize(pairs)
		if off := math.Abs(s.Drift*1e6 - ppm); off > 1 || off > 4*s.DriftError*1e6 || s.DriftError > 0.3e-6 {
			t.Errorf("drift %.3f ± %.3f ppm, want %v", s.Drift*1e6, s.DriftError*1e6, ppm)
		}
	}
}
