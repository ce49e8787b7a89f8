package ffmpegprocess

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// notices are messages that are passed on. Any goroutine may use them.
type notices struct {
	mu   sync.Mutex
	told []string
}

func (n *notices) add(text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, text)
}

func (n *notices) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.told)
}

func TestMessagesAreToldOnceAndInOrder(t *testing.T) {
	var told notices
	s := NewLog(told.add)
	s.Hide([]string{"-passphrase", "seven", "-i", "rtsp://a:b@c"})
	s.listen(strings.NewReader("[v4l2 @ 0x55d0c8aa] [warning] dropped\n\nfirst [error] rtsp://a:b@c: gone with seven\n"))
	if got := told.all(); len(got) > 0 {
		t.Errorf("told before Speak: %q", got)
	}
	s.Speak()
	s.listen(strings.NewReader("[v4l2 @ 0x55d0c8bb] [warning] dropped\nlast"))
	want := []string{"ffmpeg: [v4l2] dropped", "ffmpeg: first rtsp://a:xxxxx@c: gone with xxxxx", "ffmpeg: last"}
	if got := told.all(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := s.Why(), "first rtsp://a:xxxxx@c: gone with xxxxx"; got != want {
		t.Errorf("why: got %q, want the error %q", got, want)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	var told notices
	s := NewLog(told.add)
	s.Speak()
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "message %d %s\n", i, strings.Repeat("x", 10*i))
	}
	s.listen(strings.NewReader(text.String()))
	got := told.all()
	if len(got) != distinctLimit {
		t.Errorf("%d messages told, want %d", len(got), distinctLimit)
	}
	for _, line := range got {
		if len(line) > lineLimit+len("ffmpeg: ") {
			t.Errorf("a message of %d bytes", len(line))
		}
	}
	if got := strings.Count(s.Why(), "message"); got != lastLines {
		t.Errorf("%d lines in the error, want %d", got, lastLines)
	}
}
