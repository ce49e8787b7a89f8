//go:build go1.25

package soundsystem

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestAwaitFreesADeviceThatOpensTooLate: the device is free again when Await returns, unless
// that takes too long.
func TestAwaitFreesADeviceThatOpensTooLate(t *testing.T) {
	for _, test := range []struct {
		opening time.Duration // how long that takes
		took    time.Duration // how long it took until Await returned
		free    bool          // the device, by then
		err     error
	}{
		{opening: time.Second, took: time.Second, free: true, err: context.Canceled},
		{opening: time.Minute, took: answer, free: false, err: ErrNoAnswer},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			cancelled := time.Now()
			free := make(chan struct{})
			isFree := func() bool {
				select {
				case <-free:
					return true
				default:
					return false
				}
			}
			_, err := Await(ctx, func() (int, error) {
				cancel()
				time.Sleep(test.opening)
				return 1, nil
			}, func(int) { close(free) })
			if took := time.Since(cancelled); took != test.took || isFree() != test.free {
				t.Errorf("opening takes %v: returned after %v, the device free: %v, want %v, %v", test.opening, took, isFree(), test.took, test.free)
			}
			if !errors.Is(err, context.Canceled) || !errors.Is(err, test.err) {
				t.Errorf("opening takes %v: %v, want %v, %v", test.opening, err, context.Canceled, test.err)
			}
			<-free // in the end it is
		})
	}
}

func TestWhatCannotBeOpenedIsNotDiscarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Await(ctx, func() (int, error) {
			cancel()
			time.Sleep(time.Second)
			return 0, errors.New("no such device")
		}, func(int) { t.Error("discarded") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func TestWhatIsLeftToASoundSystemIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		until := make(chan struct{})
		open := func() (int, error) { <-until; return 1, nil }
		for i := range mostLeft + 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			begun := time.Now()
			_, err := Await(ctx, open, func(int) {})
			cancel()
			want := time.Second + answer
			if i >= mostLeft {
				want = 0
			}
			if took := time.Since(begun); !errors.Is(err, ErrNoAnswer) || took != want {
				t.Errorf("opening %d: %v after %v, want %v after %v", i, err, took, ErrNoAnswer, want)
			}
		}
		close(until)
		synctest.Wait()
		if _, err := Await(t.Context(), open, func(int) {}); err != nil {
			t.Errorf("after they have come back: %v", err)
		}
	})
}
