//go:build go1.25

package timing_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
)

// begin begins a part on a goroutine of its own, and returns a channel that gets the outcome.
func begin(t *testing.T, ctx context.Context, p *timing.Part, first time.Duration) <-chan bool {
	t.Helper()
	begun := make(chan bool, 1)
	go func() { begun <- p.Begin(ctx, first) }()
	return begun
}

// within returns the value that a channel gives. The limit is far longer than that takes.
func within[T any](t *testing.T, from <-chan T) (got T) {
	t.Helper()
	select {
	case got = <-from:
	case <-time.After(5 * time.Second):
		t.Fatal("it still waits")
	}
	return got
}

// waits reports whether nothing has come.
func waits[T any](t *testing.T, from <-chan T) {
	t.Helper()
	select {
	case <-from:
		t.Fatal("it does not wait")
	default:
	}
}

func TestFilmStartsForAllAtOneInstant(t *testing.T) {
	var lines timing.Timelines
	lines.Expect("camera", "film")
	lines.Expect("microphone", "film")
	lines.Expect("other", "another film")
	camera := lines.Join("camera", "film")
	begun := begin(t, t.Context(), camera, 0)
	microphone := lines.Join("microphone", "film")
	waits(t, begun) // for the microphone, which is being opened
	before := clock.Monotonic()
	// Its sound begins earlier than the images.
	if !microphone.Begin(t.Context(), -300*time.Millisecond) || !within(t, begun) {
		t.Fatal("it did not begin")
	}
	if a, b := camera.Due(time.Second), microphone.Due(time.Second); a != b {
		t.Errorf("a position is due at %v and at %v", a, b)
	}
	if first := microphone.Due(-300 * time.Millisecond); first < before || first > clock.Monotonic() {
		t.Errorf("the film began %v after it was asked to", first-before)
	}
	if camera.Shift(time.Second) {
		t.Error("one part delayed the other")
	}
}

func TestFilmDoesNotWaitForASourceThatFails(t *testing.T) {
	for name, fail := range map[string]func(*timing.Timelines){
		"open":    func(lines *timing.Timelines) { lines.Join("microphone", "film").Leave() },
		"another": func(lines *timing.Timelines) { lines.Expect("microphone", "another film") },
		"none":    func(lines *timing.Timelines) { lines.Expect("microphone", "") },
	} {
		t.Run(name, func(t *testing.T) {
			var lines timing.Timelines
			lines.Expect("microphone", "film")
			camera := lines.Join("camera", "film")
			begun := begin(t, t.Context(), camera, 0)
			waits(t, begun)
			fail(&lines)
			if !within(t, begun) {
				t.Error("it did not begin")
			}
		})
	}
}

func TestWaitForTheOthersEndsWithItsContext(t *testing.T) {
	var lines timing.Timelines
	lines.Expect("microphone", "film")
	ctx, cancel := context.WithCancel(t.Context())
	begun := begin(t, ctx, lines.Join("camera", "film"), 0)
	cancel()
	if within(t, begun) {
		t.Error("it began")
	}
}

func TestWaitForTheOthersHasALimit(t *testing.T) {
	// The bubble's own clock counts the limit.
	synctest.Test(t, func(t *testing.T) {
		var lines timing.Timelines
		lines.Expect("microphone", "film")
		start := time.Now()
		if !lines.Join("camera", "film").Begin(t.Context(), 0) || time.Since(start) != 10*time.Second {
			t.Errorf("it began after %v", time.Since(start))
		}
	})
}

// both returns two parts of a film that has begun.
func both(t *testing.T, lines *timing.Timelines) (camera, microphone *timing.Part) {
	t.Helper()
	lines.Expect("microphone", "film")
	camera = lines.Join("camera", "film")
	begun := begin(t, t.Context(), camera, 0)
	microphone = lines.Join("microphone", "film")
	if !microphone.Begin(t.Context(), 100*time.Millisecond) || !within(t, begun) {
		t.Fatal("it did not begin")
	}
	return camera, microphone
}

func TestFilmBeginsAgainBehindTheLongerOfBoth(t *testing.T) {
	var lines timing.Timelines
	camera, microphone := both(t, &lines)
	const length = 30 * time.Second
	start := camera.Due(0)
	for pass := range 3 {
		camera.End(length - time.Second)
		if camera.Next() {
			t.Fatal("the camera does not wait for the microphone")
		}
		awaited := make(chan bool, 1)
		go func() { awaited <- camera.Await(t.Context()) }()
		microphone.End(length)
		if !microphone.Next() || !within(t, awaited) {
			t.Fatal("the film does not begin again")
		}
		want := start + time.Duration(pass+1)*length
		for _, p := range []*timing.Part{camera, microphone} {
			if got := p.Due(0); got != want {
				t.Errorf("pass %d begins at %v, want %v", pass+1, got-start, want-start)
			}
			if at, shared := p.Began(); at != want || !shared {
				t.Errorf("pass %d is said to begin at %v, shared %v", pass+1, at-start, shared)
			}
		}
	}
}

func TestPassDoesNotBeginBeforeThePresent(t *testing.T) {
	var lines timing.Timelines
	camera, microphone := both(t, &lines)
	camera.End(0)
	if camera.AwaitUntil(t.Context(), camera.Due(0)+timing.Grace) {
		t.Fatal("the camera does not wait for the microphone")
	}
	before := clock.Monotonic() - timing.Grace
	microphone.End(time.Millisecond)
	if !camera.AwaitUntil(t.Context(), 0) {
		t.Fatal("the film does not begin again")
	}
	if at, _ := camera.Began(); at < before {
		t.Errorf("it began %v before the last source had ended", before-at)
	}
}

func TestPartThatLeavesIsNotWaitedFor(t *testing.T) {
	var lines timing.Timelines
	camera, microphone := both(t, &lines)
	camera.End(time.Minute)
	microphone.Leave()
	if !camera.Next() {
		t.Error("the camera waits for a part that has left")
	}
	camera.Leave()
	camera.Leave() // which changes nothing
	// Nobody plays the film any more: it starts anew.
	again := lines.Join("camera", "film")
	before := clock.Monotonic()
	if !again.Begin(t.Context(), 0) || again.Due(0) < before {
		t.Error("it goes on where it was left")
	}
}

func TestPartThatComesBackJoins(t *testing.T) {
	var lines timing.Timelines
	camera, microphone := both(t, &lines)
	camera.End(time.Minute)
	microphone.End(time.Minute)
	camera.Next()
	microphone.Leave()
	microphone = lines.Join("microphone", "film")
	if !microphone.Begin(t.Context(), 0) || microphone.Due(0) != camera.Due(0) {
		t.Error("it does not join at the present position")
	}
	microphone.Leave()
	start := camera.Due(0)
	camera.End(time.Second)
	if !camera.Next() || camera.Due(0) != start+time.Minute {
		t.Errorf("without the longer part the film begins again after %v, want the minute that it took before", camera.Due(0)-start)
	}
	// One that was left behind is replaced.
	if other := lines.Join("microphone", "film"); !other.Begin(t.Context(), 0) {
		t.Error("it does not begin")
	}
	camera.End(time.Minute)
	if camera.Next() {
		t.Error("the camera does not wait for the part that took the place of another")
	}
}

func TestFilmsByThemselvesHaveNothingInCommon(t *testing.T) {
	var lines *timing.Timelines
	one, other := lines.Join("node", ""), lines.Join("node", "")
	if !one.Begin(t.Context(), 0) || !other.Begin(t.Context(), 0) || !one.Shift(time.Hour) || one.Due(0) < other.Due(0)+time.Minute {
		t.Error("one delayed the other")
	}
	start := one.Due(0)
	one.End(time.Second)
	if at, shared := one.Began(); !one.Next() || one.Due(0) != start+time.Second {
		t.Errorf("it begins again at %v, shared %v", at-start, shared)
	}
}

func TestImagesBeforeASourceJoinedAreDropped(t *testing.T) {
	var lines timing.Timelines
	microphone := lines.Join("microphone", "film")
	if !microphone.Begin(t.Context(), 0) || microphone.Joined() {
		t.Fatal("it does not begin with the film")
	}
	start := microphone.Due(0)
	f := timing.NewPresentation(10, lines.Join("camera", "film"))
	if !f.Begin(t.Context(), 0) {
		t.Fatal("it did not begin")
	}
	// It was in the film until 0.5 s: none of what it has shown comes again.
	for _, position := range []float64{0, 100, 200, 300, 400, 500, 600} {
		if due, wanted := f.Due(position, start+450*time.Millisecond); wanted != (position >= 500) || due != start+time.Duration(position)*time.Millisecond {
			t.Errorf("the image at %v ms: due at %v, wanted %v", position, due-start, wanted)
		}
	}
}

func TestImagesOfASharedFilmAreDroppedRatherThanDelayed(t *testing.T) {
	var lines timing.Timelines
	lines.Expect("microphone", "film")
	camera := lines.Join("camera", "film")
	f := timing.NewPresentation(10, camera)
	begun := make(chan bool, 1)
	go func() { begun <- f.Begin(t.Context(), 0) }()
	microphone := lines.Join("microphone", "film")
	if !microphone.Begin(t.Context(), 0) || !within(t, begun) {
		t.Fatal("it did not begin")
	}
	start := microphone.Due(0)
	for _, each := range []struct {
		position float64       // [ms]
		now      time.Duration // since the start
		wanted   bool
	}{
		{0, 0, true},
		{100, 900 * time.Millisecond, true}, // late, but not too late
		{200, 1300 * time.Millisecond, false},
		{1200, 1300 * time.Millisecond, false}, // it goes to the present
		{1400, 1300 * time.Millisecond, true},
		{30000, 1500 * time.Millisecond, true}, // a long time without images
	} {
		due, wanted := f.Due(each.position, start+each.now)
		if want := start + time.Duration(each.position*1e6); due != want || wanted != each.wanted {
			t.Errorf("the image at %v ms, %v after the start: due at %v, wanted %v", each.position, each.now, due-start, wanted)
		}
	}
	// An image without a time of its own follows a period after the last.
	if due, wanted := f.Due(30000, start+30*time.Second); due != start+30100*time.Millisecond || !wanted {
		t.Errorf("the image without a time is due at %v", due-start)
	}
	if now := microphone.Due(0); now != start {
		t.Errorf("the film was delayed by %v", now-start)
	}
}
