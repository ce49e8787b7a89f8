package timing

import (
	"testing"
	"time"
)

// begun returns the presentation of a file that no other source plays.
func begun(t *testing.T, rate float64) *Presentation {
	t.Helper()
	f := NewPresentation(rate, nil)
	if !f.Begin(t.Context(), 0) {
		t.Fatal("it does not begin")
	}
	return f
}

// due returns when the next image is due, which is never dropped here.
func due(t *testing.T, f *Presentation, position float64, now time.Duration) time.Duration {
	t.Helper()
	at, wanted := f.Due(position, now)
	if !wanted {
		t.Fatalf("the image at %v ms is dropped", position)
	}
	return at
}

func TestPresentationSpacesImagesAsInFile(t *testing.T) {
	f := begun(t, 30)
	start := 100 * time.Second
	now := start
	// A variable frame rate, and a consumer that is late now and then.
	for i, position := range []float64{40, 80, 90, 200, 1000.5} {
		want := start + time.Duration((position-40)*float64(time.Millisecond))
		got := due(t, f, position, now)
		if got != want {
			t.Errorf("image %d: due at %v, want %v", i, got-start, want-start)
		}
		now = got + time.Duration(i)*100*time.Millisecond
	}
}

func TestPresentationDoesNotDrift(t *testing.T) {
	const rate = 30000. / 1001
	f := begun(t, rate)
	start := time.Hour
	now := start
	for i := range 100_000 {
		now = due(t, f, float64(i)*1000/rate, now)
	}
	exact := 99_999. * 1001 / 30000 * 1e9
	want := start + time.Duration(exact)
	if d := now - want; d < -time.Microsecond || d > time.Microsecond {
		t.Errorf("after 100000 images: off by %v", d)
	}
}

func TestPresentationTakesPeriodWhereFileHasNoTime(t *testing.T) {
	f := begun(t, 10)
	start := time.Hour
	first := due(t, f, 0, start)
	for i, position := range []float64{0, 0, -5, 1e9, 1e9 + 50} {
		got := due(t, f, position, first)
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
	f := begun(t, 10)
	start := time.Hour
	var got []time.Duration
	for range 2 {
		for _, position := range []float64{0, 100, 200} {
			got = append(got, due(t, f, position, start)-start)
		}
		f.End()
		f.Await(t.Context())
	}
	for i, d := range got {
		if want := time.Duration(i) * 100 * time.Millisecond; d != want {
			t.Errorf("image %d: due after %v, want %v", i, d, want)
		}
	}
}

func TestPresentationStopsForConsumerThatIsVeryLate(t *testing.T) {
	f := begun(t, 10)
	start := time.Hour
	due(t, f, 0, start)
	// Late by less than the limit: the missed images are in the past.
	if got, want := due(t, f, 100, start+900*time.Millisecond), start+100*time.Millisecond; got != want {
		t.Errorf("late by 0.8 s: due at %v, want %v", got, want)
	}
	now := start + 5*time.Second
	if got := due(t, f, 200, now); got != now {
		t.Errorf("late by 4.8 s: due at %v, want now, %v", got, now)
	}
	if got, want := due(t, f, 300, now), now+100*time.Millisecond; got != want {
		t.Errorf("the image after: due at %v, want %v", got, want)
	}
}
