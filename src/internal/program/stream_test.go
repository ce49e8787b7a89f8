//go:build go1.25

package program

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// gate is a writer that waits until it is open.
type gate struct {
	open chan struct{}
	read strings.Builder
}

func (g *gate) Write(p []byte) (int, error) {
	<-g.open
	return g.read.Write(p)
}

func TestStreamKeepsTheOrder(t *testing.T) {
	g := &gate{open: make(chan struct{})}
	close(g.open)
	s := newStream(func() io.Writer { return g })
	want := ""
	for i := range 100 {
		line := fmt.Sprintln(i)
		fmt.Fprint(s, line)
		want += line
	}
	if !s.Flush(time.Minute) || g.read.String() != want {
		t.Errorf("got %q", g.read.String())
	}
}

func TestStreamWithoutAReaderCountsWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		s := newStream(func() io.Writer { return g })
		for i := range pieceLimit + 7 {
			fmt.Fprintln(s, "line", i)
		}
		began := time.Now()
		if s.Flush(time.Second) || time.Since(began) != time.Second {
			t.Errorf("Flush returned after %v, want false after 1s", time.Since(began))
		}
		close(g.open)
		if !s.Flush(time.Second) {
			t.Error("not written, though it is read")
		}
		fmt.Fprintln(s, "again")
		s.Flush(time.Second)
		end := fmt.Sprintf("\nline %d\n7 lines are missing here: they were not read in time\nagain\n", pieceLimit-1)
		if got := g.read.String(); !strings.HasPrefix(got, "line 0\n") || !strings.HasSuffix(got, end) {
			t.Errorf("got %.20q … %q, want the end %q", got, got[max(0, len(got)-200):], end)
		}
	})
}

func TestStreamBoundsItsMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{open: make(chan struct{})}
		s := newStream(func() io.Writer { return g })
		for range 10 {
			_, _ = s.Write(make([]byte, byteLimit/4+1))
		}
		close(g.open)
		s.Flush(time.Second)
		if !strings.HasSuffix(g.read.String(), "\x007 lines are missing here: they were not read in time\n") {
			t.Errorf("%d bytes were kept, more than %d", g.read.Len(), byteLimit)
		}
	})
}
