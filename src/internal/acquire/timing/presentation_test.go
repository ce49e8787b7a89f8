package timing

import (
	"testing"
	"time"
)

func TestPresentationSpacesImagesAsInFile(t *testing.T) {
	f := NewPresentation(30)
	start := 100 * time.Second
	now := start
	// A variable frame rate, and a consumer that is late now and then.
	for i, position := range []float64{40, 80, 90, 200, 1000.5} {
		want := start + time.Duration((position-40)*float64(time.Millisecond))
		got := f.Due(position, now)
		if got != want {
			t.Errorf("image %d: due at %v, want %v", i, got-start, want-start)
		}
		now = got + time.Duration(i)*100*time.Millisecond
	}
}

func TestPresentationDoesNotDrift(t *testing.T) {
	const rate = 30000. / 1001
	f := NewPresentation(rate)
	start := time.Hour
	now := start
	for i := range 100_000 {
		now = f.Due(float64(i)*1000/rate, now)
	}
	exact := 99_999. * 1001 / 30000 * 1e9
	want := start + time.Duration(exact)
	if d := now - want; d < -time.Microsecond || d > time.Microsecond {
		t.Errorf("after 100000 images: off by %v", d)
	}
}

func TestPresentationTakesPeriodWhereFileHasNoTime(t *testing.T) {
	f := NewPresentation(10)
	start := time.Hour
	first := f.Due(0, start)
	for i, position := range []float64{0, 0, -5, 1e9, 1e9 + 50} {
		got := f.Due(position, first)
		want := first + time.Duration(i+1)*100*time.Millisecond
		if i == 4 { // a credible time again
			want = first + 450*time.Millisecond
		}
		if got != want {
			t.Errorf("image %d: due after %v, want %v", i+1, got-first, want-first)
		}
	}
}

func TestPresentationGoesOnAfterLoop(t *testing.T) {
	f := NewPresentation(10)
	start := time.Hour
	var got []time.Duration
	for range 2 {
		for _, position := range []float64{0, 100, 200} {
			got = append(got, f.Due(position, start)-start)
		}
		f.Restart()
	}
	for i, d := range got {
		if want := time.Duration(i) * 100 * time.Millisecond; d != want {
			t.Errorf("image %d: due after %v, want %v", i, d, want)
		}
	}
}

func TestPresentationStopsForConsumerThatIsVeryLate(t *testing.T) {
	f := NewPresentation(10)
	start := time.Hour
	f.Due(0, start)
	// Late by less than the limit: the missed images are in the past.
	if got, want := f.Due(100, start+900*time.Millisecond), start+100*time.Millisecond; got != want {
		t.Errorf("late by 0.8 s: due at %v, want %v", got, want)
	}
	now := start + 5*time.Second
	if got := f.Due(200, now); got != now {
		t.Errorf("late by 4.8 s: due at %v, want now, %v", got, now)
	}
	if got, want := f.Due(300, now), now+100*time.Millisecond; got != want {
		t.Errorf("the image after: due at %v, want %v", got, want)
	}
}
