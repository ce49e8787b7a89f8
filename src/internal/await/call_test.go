//go:build go1.25

package await_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/await"
	"av_capture/src/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m)) }

var errRefused = errors.New("refused")

// hanging begins a call that returns 7 and errRefused when it is let go.
func hanging() (call *await.Call[int], release func()) {
	hang := make(chan struct{})
	return await.Go(func() (int, error) {
		<-hang
		return 7, errRefused
	}), func() { close(hang) }
}

func TestACallThatReturnsHasItsResult(t *testing.T) {
	call, release := hanging()
	release()
	if !call.Within(time.Hour) || !call.Until(t.Context()) {
		t.Error("the call has returned, and is said not to have")
	}
	if got, err := call.Result(); got != 7 || err != errRefused || call.Err() != errRefused {
		t.Errorf("got %d, %v, %v", got, err, call.Err())
	}
}

func TestACallThatHasReturnedIsInTimeForAnyLimit(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 { // select is random
		call := await.Do(func() error { return nil })
		<-call.Done()
		if !call.Within(0) || !call.Until(ended) {
			t.Fatal("the call has returned, and is said not to have")
		}
	}
}

func TestACallThatHangsIsWaitedForNoLongerThanTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call, release := hanging()
		begun := time.Now()
		if call.Within(2*time.Second) || time.Since(begun) != 2*time.Second {
			t.Errorf("waited %v, want 2 s", time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if call.Until(ctx) || time.Since(begun) != 3*time.Second {
			t.Errorf("waited %v, want one second more", time.Since(begun))
		}
		if !call.Begun().Equal(begun) {
			t.Errorf("begun at %v, want %v", call.Begun(), begun)
		}
		release()
	})
}

func TestACallThatIsLeftBehindIsSettledWhenItReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		call, release := hanging()
		settled := 0
		call.Leave(func(value int, err error) {
			if value != 7 || err != errRefused {
				t.Errorf("settled with %d, %v", value, err)
			}
			settled++
		})
		synctest.Wait()
		if settled != 0 {
			t.Error("settled before the call has returned")
		}
		release()
		synctest.Wait()
		if settled != 1 {
			t.Errorf("settled %d times, want once", settled)
		}
	})
}
