package subscriber

import (
	"testing"
	"time"
)

func TestSoundThatAwaitsItsInfoIsBounded(t *testing.T) {
	const small, large = 10, mostWaiting/2 + 1
	for _, c := range []struct {
		sizes []int
		left  int
	}{
		{[]int{small, small, small}, 3},
		{[]int{small, large, small}, 3},
		{[]int{large, small, large}, 2},
		{[]int{small, mostWaiting, small}, 1},
	} {
		var r SoundReader
		for _, size := range c.sizes {
			r.await(size, func() {})
		}
		if len(r.waiting) != c.left {
			t.Errorf("of %d bytes each, %d wait, want %d", c.sizes, len(r.waiting), c.left)
		}
	}
	var r SoundReader
	for range 100_000 {
		r.await(0, func() {})
	}
	if n := len(r.waiting); n > mostWaiting/waitingCost {
		t.Errorf("%d empty messages wait", n)
	}
}

// Whoever publishes broken MP3 must not have a process started for each message.
func TestDecodersAreNotStartedWithoutEnd(t *testing.T) {
	var a allowance
	started := 0
	const messages, interval = 1000, 10 * time.Millisecond
	for i := range messages {
		if a.take(time.Hour + time.Duration(i)*interval) {
			started++
		}
	}
	if want := mostStarts + int(messages*interval/startInterval) - 1; started != want {
		t.Errorf("%d are started in 10 s, want %d", started, want)
	}
	for range mostStarts {
		if !a.take(2 * time.Hour) {
			t.Error("none is started after an hour")
		}
	}
}
