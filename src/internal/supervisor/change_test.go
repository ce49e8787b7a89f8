//go:build go1.25

package supervisor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// bench is a supervisor whose sessions keep a record.
type bench struct {
	*Supervisor
	log *journal

	mu   sync.Mutex
	acts []string
}

// did writes down an act.
func (b *bench) did(act string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.acts = append(b.acts, act)
}

// since returns the acts since it was called last.
func (b *bench) since() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	acts := b.acts
	b.acts = nil
	return acts
}

// newBench starts a supervisor, which runs first, within synctest. prepare is called before.
func newBench(t *testing.T, first func(*bench) Session, prepare ...func(*Supervisor)) *bench {
	b := &bench{log: &journal{}}
	b.Supervisor = New(b.log, time.Second, func() { b.did("renewed") })
	for _, do := range prepare {
		do(b.Supervisor)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Run(ctx, first(b))
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	synctest.Wait()
	return b
}

// steady is a session that opens after a while and then runs until it is ended.
func (b *bench) steady(name string, after time.Duration) Session {
	return func(ctx context.Context, opened func(map[string]param.Value), up func()) error {
		select {
		case <-time.After(after):
		case <-ctx.Done():
			b.did(name + " given up")
			return ctx.Err()
		}
		b.did(name + " open")
		opened(map[string]param.Value{"source": param.String(name)})
		up()
		<-ctx.Done()
		b.did(name + " closed")
		return nil
	}
}

// failing is a session whose source does not open.
func (b *bench) failing(name string, err error) Session {
	return func(context.Context, func(map[string]param.Value), func()) error {
		b.did(name + " fails")
		return fmt.Errorf("%s: %w", name, err)
	}
}

func (b *bench) want(t *testing.T, acts ...string) {
	t.Helper()
	synctest.Wait()
	if got := b.since(); !slices.Equal(got, acts) {
		t.Errorf("got %q, want %q", got, acts)
	}
}

func (b *bench) source() string { return b.InForce()["source"].Text() }

func TestAChangeClosesTheFormerSourceAndOpensTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		b.want(t, "a open", "renewed")
		if remark, err := b.Replace(t.Context(), b.steady("b", time.Second)); remark != "" || err != nil || b.source() != "b" {
			t.Errorf("replace: %q, %v, in force %q", remark, err, b.source())
		}
		b.want(t, "a closed", "b open")
		if len(b.log.lines) != 0 {
			t.Errorf("log is %q, want nothing", b.log.lines)
		}
	})
}

func TestARefusedChangeOpensTheFormerSourceAgain(t *testing.T) {
	for _, reason := range []error{media.ErrUnsupported, media.ErrAbsent} {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
			b.want(t, "a open", "renewed")
			if _, err := b.Replace(t.Context(), b.failing("b", reason)); !errors.Is(err, reason) {
				t.Errorf("replace: %v, want %v", err, reason)
			}
			b.want(t, "a closed", "b fails", "a open", "renewed")
			if b.source() != "a" || len(b.log.lines) != 0 {
				t.Errorf("in force %q, log %q", b.source(), b.log.lines)
			}
		})
	}
}

func TestWhereNoSourceIsThereAnotherAbsentOneIsAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("a", media.ErrAbsent) })
		b.want(t, "a fails")
		remark, err := b.Replace(t.Context(), b.failing("b", media.ErrBusy))
		if err != nil || !strings.Contains(remark, "device busy") {
			t.Errorf("replace: %q, %v", remark, err)
		}
		b.want(t, "b fails")
		time.Sleep(firstRetry)
		b.want(t, "b fails")
		if _, err := b.Replace(t.Context(), b.failing("c", media.ErrUnsupported)); !errors.Is(err, media.ErrUnsupported) {
			t.Errorf("replace: %v, want unsupported format", err)
		}
		b.want(t, "c fails", "b fails")
	})
}

func TestASourceThatOpensTooLateIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		b.want(t, "a open", "renewed")
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := b.Replace(ctx, b.steady("b", time.Hour)); err != errSlow || time.Since(start) != 4*time.Second {
			t.Errorf("replace: %v after %v", err, time.Since(start))
		}
		b.want(t, "a closed", "b given up", "a open", "renewed")
		if b.source() != "a" {
			t.Errorf("in force %q", b.source())
		}
	})
}

func TestASourceThatHangsLeavesTheNextChangeAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		release := make(chan struct{})
		hang := func(context.Context, func(map[string]param.Value), func()) error {
			<-release // whatever becomes of its context
			return errors.New("late")
		}
		for _, want := range []error{errSlow, errClosed} {
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			if _, err := b.Replace(ctx, hang); err != want {
				t.Errorf("replace: %v, want %v", err, want)
			}
			cancel()
		}
		close(release)
		b.want(t, "a open", "renewed", "a closed", "a open", "renewed")
	})
}

func TestAFileThatIsOverIsNotPlayedAgainByARefusedChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("film", media.ErrEnd) })
		b.want(t, "film fails")
		if _, err := b.Replace(t.Context(), b.failing("b", media.ErrAbsent)); !errors.Is(err, media.ErrAbsent) {
			t.Errorf("replace: %v, want device absent", err)
		}
		b.want(t, "b fails")
		time.Sleep(time.Hour)
		b.want(t)
		if _, err := b.Replace(t.Context(), b.steady("c", 0)); err != nil {
			t.Error(err)
		}
		b.want(t, "c open")
	})
}

func TestAShorterIntervalEndsThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("a", media.ErrAbsent) })
		b.SetInterval(time.Hour)
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		b.since()
		b.SetInterval(time.Second)
		b.want(t, "a fails")
	})
}
