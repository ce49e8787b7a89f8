package timing

import (
	"testing"
	"time"
)

func TestPartThatStandsStillIsLeftBehindAndComesBack(t *testing.T) {
	now := time.Hour
	lines := Timelines{now: func() time.Duration { return now }}
	camera, microphone := lines.Join("camera", "film"), lines.Join("microphone", "film")
	microphone.ready = true
	if !camera.Begin(t.Context(), 0) || !microphone.Begin(t.Context(), 0) {
		t.Fatal("it did not begin")
	}
	start := camera.Due(0)
	microphone.Due(2 * time.Second) // it has something to give until then
	camera.End(time.Second)
	now += 6 * time.Second
	if camera.Next() {
		t.Fatal("the camera goes on 4 s after the microphone gave something")
	}
	now += 2 * time.Second
	if !camera.Next() {
		t.Fatal("the camera waits for the microphone for ever")
	}
	if got := camera.Due(0); got != now-Grace {
		t.Errorf("the film begins again %v after its start, want about now, %v", got-start, now-start)
	}
	// What it gives late is of the pass before.
	microphone.End(3 * time.Second)
	if !microphone.Next() || microphone.Due(0) != camera.Due(0) {
		t.Error("the microphone does not join the present pass")
	}
	camera.End(time.Second)
	if camera.Next() {
		t.Error("the camera does not wait for the microphone, which is back")
	}
}
