//go:build go1.25

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
)

// fake is a source whose calls hang where it is told to, until they are let go.
type fake struct {
	hang  string        // the call that does
	until chan struct{} // closed to let it go
	open  error         // of Open
	calls atomic.Uint64

	mu     sync.Mutex
	opened int // times
	closed int
	emit   func(media.Period)
}

func (f *fake) wait(call string) {
	if f.hang == call {
		<-f.until
	}
}

func (f *fake) Open(context.Context) (media.AudioFormat, error) {
	f.wait("open")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened++
	return media.AudioFormat{Device: "fake"}, f.open
}

func (f *fake) Run(ctx context.Context, emit func(media.Period)) error {
	f.mu.Lock()
	f.emit = emit
	f.mu.Unlock()
	emit(media.Period{})
	f.calls.Add(1)
	f.wait("read")
	f.calls.Add(1)
	<-ctx.Done()
	f.wait("end")
	emit(media.Period{})
	return nil
}

func (f *fake) Close() error {
	f.wait("close")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed++
	return nil
}

func (f *fake) Patience() acquire.Patience {
	return acquire.Patience{Open: 15 * time.Second, Call: 10 * time.Second, Cure: "mend it"}
}

func (f *fake) Calls() uint64 { return f.calls.Load() }

// fakes are the sources that an Audio has made, each of which hangs in the same call.
type fakes struct {
	*Audio
	log  *journal
	left *Left
	hang string
	all  []*fake
}

func newFakes(t *testing.T, hang string) *fakes {
	t.Helper()
	f := &fakes{log: &journal{}, hang: hang}
	f.left = NewLeft(f.log)
	var err error
	f.Audio, err = NewSource(`"x" (fake)`, f.left, nil, func(func(string)) (acquire.AudioSource, error) {
		f.all = append(f.all, &fake{hang: f.hang, until: make(chan struct{})})
		return f.all[len(f.all)-1], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// wantLeft requires that so many calls are left behind and that so many have been said
// to be, all in the same words.
func (f *fakes) wantLeft(t *testing.T, count, said int, doing string) {
	t.Helper()
	synctest.Wait()
	if f.left.Count() != count || f.log.count(`error: `+doing+` "x" (fake) hangs since`) != said {
		t.Errorf("%v left behind, want %d; log %q, want %d of %q", f.left, count, f.log.lines, said, doing)
	}
	if said > 0 && f.log.count("mend it") == 0 {
		t.Errorf("log %q does not say what to do", f.log.lines)
	}
}

// letGo lets the call of a source go on, and requires that it is closed then.
func (f *fakes) letGo(t *testing.T, i, closed int) {
	t.Helper()
	close(f.all[i].until)
	synctest.Wait()
	if f.all[i].closed != closed {
		t.Errorf("source %d was closed %d times, want %d", i, f.all[i].closed, closed)
	}
}

func TestOpenThatHangsIsLeftBehindAndClosedWhenItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "open")
		begun := time.Now()
		_, err := f.Open(t.Context())
		if took := time.Since(begun); !errors.Is(err, ErrLeft) || took != 15*time.Second+endLimit {
			t.Errorf("Open: %v after %v", err, took)
		}
		f.wantLeft(t, 1, 1, "opening")
		if err := f.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		// The next one is of a fresh source.
		f.hang = ""
		if _, err := f.Open(t.Context()); err != nil || len(f.all) != 2 {
			t.Errorf("Open: %v, of source %d", err, len(f.all))
		}
		f.letGo(t, 0, 1)
		f.wantLeft(t, 0, 1, "opening")
		if f.log.count("has come back") != 1 || f.all[1].closed != 0 {
			t.Errorf("log %q; the other was closed %d times", f.log.lines, f.all[1].closed)
		}
		if err := f.Close(); err != nil || f.all[1].closed != 1 {
			t.Errorf("Close: %v, %d times", err, f.all[1].closed)
		}
	})
}

func TestOpenThatHangsIsLeftBehindSoonWhenNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "open")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := f.Open(ctx)
		if took := time.Since(begun); !errors.Is(err, ErrLeft) || !errors.Is(err, context.DeadlineExceeded) || took != time.Second+endLimit {
			t.Errorf("Open: %v after %v", err, took)
		}
		f.wantLeft(t, 1, 1, "opening")
		f.all[0].open = errors.New("refused late") // then there is nothing to close
		f.letGo(t, 0, 0)
		f.wantLeft(t, 0, 1, "opening")
	})
}

func TestOpenThatIsLateButReturnsIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "open")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.AfterFunc(time.Second, func() { close(f.all[0].until) })
		if _, err := f.Open(ctx); !errors.Is(err, context.Canceled) || errors.Is(err, ErrLeft) {
			t.Errorf("Open: %v", err)
		}
		f.wantLeft(t, 0, 0, "opening")
		if f.all[0].closed != 1 {
			t.Errorf("closed %d times", f.all[0].closed)
		}
		if _, err := f.Open(t.Context()); err != nil || len(f.all) != 1 {
			t.Errorf("Open: %v, of source %d, want the same", err, len(f.all))
		}
	})
}

// polite is a source that opens too slowly, and gives up when it is told to.
type polite struct{ fake }

func (p *polite) Open(ctx context.Context) (media.AudioFormat, error) {
	<-ctx.Done()
	return media.AudioFormat{}, fmt.Errorf("polite: %w", ctx.Err())
}

// TestASourceThatIsTooSlowFailsWithThat rather than with context.Canceled.
func TestASourceThatIsTooSlowFailsWithThat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := NewSource(`"x" (polite)`, NewLeft(&journal{}), nil, func(func(string)) (acquire.AudioSource, error) { return &polite{}, nil })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Open(t.Context()); err == nil || err.Error() != `opening "x" (polite) takes longer than 15s` {
			t.Errorf("Open: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Open(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Open that is given up: %v", err)
		}
	})
}

// TestWhatIsLeftBehindIsBounded: the source is opened again when one has come back.
func TestWhatIsLeftBehindIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "open")
		for range mostOfSource {
			if _, err := f.Open(t.Context()); !errors.Is(err, ErrLeft) {
				t.Errorf("Open: %v, want it left behind", err)
			}
		}
		for range 3 {
			begun := time.Now()
			if _, err := f.Open(t.Context()); err == nil || errors.Is(err, ErrLeft) || time.Since(begun) != 0 || !strings.Contains(err.Error(), "4 calls of it hang") {
				t.Errorf("Open: %v after %v, want a refusal at once", err, time.Since(begun))
			}
		}
		f.wantLeft(t, mostOfSource, mostOfSource, "opening")
		f.hang = ""
		f.letGo(t, 2, 1)
		if _, err := f.Open(t.Context()); err != nil {
			t.Errorf("Open: %v", err)
		}
		for _, i := range []int{0, 1, 3} {
			f.letGo(t, i, 1)
		}
	})
}

func TestRunThatHangsIsLeftBehindAndGivesNothingMore(t *testing.T) {
	for hang, want := range map[string]struct {
		limit time.Duration
		doing string
	}{
		"read": {10 * time.Second, "reading"},
		"end":  {endLimit, "ending"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFakes(t, hang)
			if _, err := f.Open(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if hang == "end" {
				cancel()
			}
			var periods atomic.Int32
			begun := time.Now()
			err := f.Run(ctx, nil, func(media.Period) { periods.Add(1) })
			if took := time.Since(begun); took < want.limit || took > want.limit+2*checkInterval || (hang == "read") != errors.Is(err, media.ErrLost) {
				t.Errorf("%s: Run: %v after %v", hang, err, took)
			}
			f.wantLeft(t, 1, 1, want.doing)
			if err := f.Close(); err != nil {
				t.Errorf("%s: Close: %v", hang, err)
			}
			f.letGo(t, 0, 1) // it emits once more
			f.wantLeft(t, 0, 1, want.doing)
			if got := periods.Load(); got != 1 {
				t.Errorf("%s: %d periods, want the one from before", hang, got)
			}
		})
	}
}

// TestEmitThatWaitsIsNoReadThatHangs: a subscriber may keep a file waiting for ever.
func TestEmitThatWaitsIsNoReadThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "")
		if _, err := f.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		f.all[0].calls.Add(1) // as if the emit came from within a read
		if err := f.Run(ctx, nil, func(media.Period) { <-ctx.Done() }); err != nil {
			t.Errorf("Run: %v", err)
		}
		f.wantLeft(t, 0, 0, "reading")
		if err := f.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
}

func TestCloseThatHangsIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakes(t, "close")
		if _, err := f.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := f.Run(ctx, nil, func(media.Period) {}); err != nil {
			t.Errorf("Run: %v", err)
		}
		begun := time.Now()
		if err := f.Close(); !errors.Is(err, ErrLeft) || time.Since(begun) != endLimit {
			t.Errorf("Close: %v after %v", err, time.Since(begun))
		}
		f.wantLeft(t, 1, 1, "closing")
		f.letGo(t, 0, 1)
		f.wantLeft(t, 0, 1, "closing")
	})
}

// TestChangesAreRefusedWhileTooMuchIsLeftBehind: the present source goes on.
func TestChangesAreRefusedWhileTooMuchIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		b.want(t, "a open", "renewed")
		var back []func()
		for range mostOfNode {
			back = append(back, b.Left().add(ofSource, "opening x", time.Now(), "mend it"))
		}
		if _, err := b.Replace(t.Context(), b.steady("b", 0)); err == nil || !strings.Contains(err.Error(), "8 calls") {
			t.Errorf("Replace: %v, want it refused", err)
		}
		b.want(t)
		// Disks, which peers can have written to, do not count.
		for range mostOfNode {
			b.Left().Add("writing a snippet", time.Now(), "mend it")
		}
		back[3]()
		if _, err := b.Replace(t.Context(), b.steady("b", 0)); err != nil {
			t.Errorf("Replace: %v", err)
		}
		b.want(t, "a closed", "b open")
	})
}

// stuckControls are controls whose driver hangs until it is let go.
type stuckControls struct{ until chan struct{} }

func (s stuckControls) Controls() ([]media.Control, error) {
	<-s.until
	return nil, nil
}

func (s stuckControls) OtherControls() []string {
	<-s.until
	return nil
}

func (s stuckControls) SetControl(string, media.ControlValue) error {
	<-s.until
	return nil
}

func (s stuckControls) WatchControls(context.Context, func()) error {
	<-s.until
	return nil
}

func TestControlsOfADriverThatHangsAreLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &journal{}
		left := NewLeft(log)
		stuck := stuckControls{make(chan struct{})}
		c := &controlled{device: stuck, name: "x", left: left}
		begun := time.Now()
		if _, err := c.Controls(); !errors.Is(err, media.ErrLost) || time.Since(begun) != controlLimit {
			t.Errorf("Controls: %v after %v", err, time.Since(begun))
		}
		// Others are refused at once: no more is left behind.
		begun = time.Now()
		if err := c.SetControl("gain", media.ControlValue{}); !errors.Is(err, media.ErrLost) || time.Since(begun) != 0 {
			t.Errorf("SetControl: %v after %v", err, time.Since(begun))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.WatchControls(ctx, nil); !errors.Is(err, context.Canceled) || left.Count() != 2 {
			t.Errorf("WatchControls: %v, %v left behind", err, left)
		}
		close(stuck.until)
		synctest.Wait()
		if err := c.SetControl("gain", media.ControlValue{}); err != nil || left.Count() != 0 {
			t.Errorf("SetControl: %v, %v left behind", err, left)
		}
	})
}
