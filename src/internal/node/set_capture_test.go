package node

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// turn turns capture on or off and requires success.
func (b *bench) turn(t *testing.T, on bool) string {
	t.Helper()
	message, err := b.setCapture(t.Context(), on)
	if err != nil {
		t.Errorf("setCapture(%v): %v", on, err)
	}
	return message
}

func (b *bench) wantPhase(t *testing.T, want phase) {
	t.Helper()
	synctest.Wait()
	if got, _, _ := b.state.get(); got != want {
		t.Errorf("phase %d, want %d", got, want)
	}
}

func TestCaptureIsTurnedOffAndOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session { return b.steady("a", time.Second) })
		time.Sleep(time.Second)
		b.want(t, "a open", "renewed")
		for range 3 {
			b.turn(t, false)
			b.want(t, "a closed")
			b.wantPhase(t, off)
			if message := b.turn(t, false); message != "capture is off already" {
				t.Errorf("off again: %q", message)
			}
			b.want(t)
			if message := b.turn(t, true); !strings.Contains(message, "the device is open") {
				t.Errorf("on: %q", message)
			}
			b.want(t, "a open", "renewed")
			b.wantPhase(t, running)
			if message := b.turn(t, true); message != "capture is on already" {
				t.Errorf("on again: %q", message)
			}
			b.want(t)
		}
		if _, reconnects, _ := b.state.get(); reconnects != 0 {
			t.Errorf("%d reconnects, want none", reconnects)
		}
	})
}

func TestNothingIsTriedWhileCaptureIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session { return b.failing("a", acquire.ErrAbsent) })
		b.turn(t, false)
		synctest.Wait()
		b.since()
		time.Sleep(time.Hour)
		b.want(t)
		message, err := b.setCapture(t.Context(), true)
		if err != nil || !strings.Contains(message, "taken when it comes") || !strings.Contains(message, "device absent") {
			t.Errorf("on: %q, %v", message, err)
		}
		b.want(t, "a fails")
		time.Sleep(firstRetry)
		b.want(t, "a fails")
		if message := b.turn(t, true); !strings.Contains(message, "device absent") {
			t.Errorf("on again: %q, want that the device is absent", message)
		}
	})
}

func TestCaptureIsOnEvenIfTheDeviceDoesNotOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session { return b.failing("a", acquire.ErrUnsupported) })
		b.turn(t, false)
		synctest.Wait()
		b.since()
		if _, err := b.setCapture(t.Context(), true); !errors.Is(err, acquire.ErrUnsupported) {
			t.Errorf("on: %v, want unsupported format", err)
		}
		time.Sleep(firstRetry)
		b.want(t, "a fails", "a fails")
	})
}

func TestChangesAreTakenWhileCaptureIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session { return b.steady("a", 0) })
		b.turn(t, false)
		b.want(t, "a open", "renewed", "a closed")
		remark, err := b.replace(t.Context(), b.steady("b", 0))
		if err != nil || remark == "" || b.inForce() != nil {
			t.Errorf("replace: %q, %v, in force %v", remark, err, b.inForce())
		}
		b.want(t)
		b.turn(t, true)
		b.want(t, "b open", "renewed")
	})
}

func TestASlowDeviceIsStillOpenedAfterTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session { return b.steady("a", time.Minute) })
		b.turn(t, false)
		b.want(t, "a given up")
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		message, err := b.setCapture(ctx, true)
		if err != nil || !strings.Contains(message, "still being opened") {
			t.Errorf("on: %q, %v", message, err)
		}
		// Off is possible at once all the same, and on again.
		b.turn(t, false)
		b.want(t, "a given up")
		ctx, cancel = context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if _, err := b.setCapture(ctx, true); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		b.want(t, "a open", "renewed")
		b.wantPhase(t, running)
	})
}

func TestAFileThatHasEndedIsPlayedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) session {
			return func(_ context.Context, opened func(map[string]param.Value), up func()) error {
				b.did("play")
				opened(nil)
				up()
				return acquire.ErrEnd
			}
		})
		b.want(t, "play", "renewed")
		b.turn(t, false)
		b.want(t)
		b.turn(t, true)
		b.want(t, "play", "renewed")
		b.wantPhase(t, ended)
	})
}
