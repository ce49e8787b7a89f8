//go:build go1.25

package supervisor

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// turn turns capture on or off and requires success.
func (b *bench) turn(t *testing.T, on bool) string {
	t.Helper()
	message, err := b.SetCapture(t.Context(), on)
	if err != nil {
		t.Errorf("setCapture(%v): %v", on, err)
	}
	return message
}

func (b *bench) wantPhase(t *testing.T, want Phase) {
	t.Helper()
	synctest.Wait()
	if got, _, _ := b.state.Get(); got != want {
		t.Errorf("phase %d, want %d", got, want)
	}
}

func TestCaptureIsTurnedOffAndOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", time.Second) })
		time.Sleep(time.Second)
		b.want(t, "a open", "renewed")
		for range 3 {
			b.turn(t, false)
			b.want(t, "a closed")
			b.wantPhase(t, Off)
			if message := b.turn(t, false); message != "capture is off already" {
				t.Errorf("off again: %q", message)
			}
			b.want(t)
			if message := b.turn(t, true); !strings.Contains(message, "the device is open") {
				t.Errorf("on: %q", message)
			}
			b.want(t, "a open", "renewed")
			b.wantPhase(t, Running)
			if message := b.turn(t, true); message != "capture is on already" {
				t.Errorf("on again: %q", message)
			}
			b.want(t)
		}
		if _, reconnects, _ := b.state.Get(); reconnects != 0 {
			t.Errorf("%d reconnects, want none", reconnects)
		}
	})
}

func TestNothingIsTriedWhileCaptureIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("a", media.ErrAbsent) })
		b.turn(t, false)
		synctest.Wait()
		b.since()
		time.Sleep(time.Hour)
		b.want(t)
		message, err := b.SetCapture(t.Context(), true)
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
		b := newBench(t, func(b *bench) Session { return b.failing("a", media.ErrUnsupported) })
		b.turn(t, false)
		synctest.Wait()
		b.since()
		if _, err := b.SetCapture(t.Context(), true); !errors.Is(err, media.ErrUnsupported) {
			t.Errorf("on: %v, want unsupported format", err)
		}
		time.Sleep(firstRetry)
		b.want(t, "a fails", "a fails")
	})
}

func TestCaptureIsTurnedOnAgainWithAWrongConfiguration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("a", media.ErrMisconfigured) })
		b.turn(t, false)
		b.since()
		_, err := b.SetCapture(t.Context(), true)
		if !errors.Is(err, media.ErrMisconfigured) || !strings.Contains(err.Error(), "not tried again") {
			t.Errorf("on: %v, want that it is not tried again", err)
		}
		time.Sleep(time.Hour)
		b.want(t, "a fails")
	})
}

// TestWhatIsCanceledByNobodyHasNotOpened: it is no success.
func TestWhatIsCanceledByNobodyHasNotOpened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.failing("a", context.Canceled) })
		b.turn(t, false)
		if message, err := b.SetCapture(t.Context(), true); err == nil || !strings.Contains(err.Error(), "does not open and is tried again") {
			t.Errorf("on: %q, %v", message, err)
		}
	})
}

// TestADeviceThatACallMayHoldIsNotSaidToBeFree: one of a disk holds none.
func TestADeviceThatACallMayHoldIsNotSaidToBeFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const free, held = "capture is off, the device is free", "capture is off; a call that hangs may still hold the device"
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		for kind, want := range map[kind]string{ofDisk: free, ofControl: held, ofSource: held} {
			back := b.Left().add(kind, "a call", time.Now(), "mend it")
			message := b.turn(t, false)
			synctest.Wait() // the log has it after the answer
			if message != want || b.log.count(want) == 0 {
				t.Errorf("kind %d: %q, log %q, want %q", kind, message, b.log.lines, want)
			}
			back()
			b.turn(t, true)
		}
	})
}

func TestChangesAreTakenWhileCaptureIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", 0) })
		b.turn(t, false)
		b.want(t, "a open", "renewed", "a closed")
		remark, err := b.Replace(t.Context(), b.steady("b", 0))
		if err != nil || remark == "" || b.InForce() != nil {
			t.Errorf("replace: %q, %v, in force %v", remark, err, b.InForce())
		}
		b.want(t)
		b.turn(t, true)
		b.want(t, "b open", "renewed")
	})
}

func TestASlowDeviceIsStillOpenedAfterTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", time.Minute) })
		b.turn(t, false)
		b.want(t, "a given up")
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		for range 2 { // it is no success before it is open
			if message, err := b.SetCapture(ctx, true); err != errNotYet {
				t.Errorf("on: %q, %v", message, err)
			}
		}
		// Off is possible at once all the same, and on again.
		b.turn(t, false)
		b.want(t, "a given up")
		ctx, cancel = context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		if _, err := b.SetCapture(ctx, true); err != errNotYet {
			t.Errorf("on: %v", err)
		}
		time.Sleep(time.Minute)
		b.want(t, "a open", "renewed")
		if _, err := b.SetCapture(t.Context(), true); err != nil {
			t.Errorf("on, when it is open: %v", err)
		}
		b.wantPhase(t, Running)
	})
}

func TestAFileThatHasEndedIsPlayedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session {
			return func(_ context.Context, opened func(map[string]param.Value), up func()) error {
				b.did("play")
				opened(nil)
				up()
				return media.ErrEnd
			}
		})
		b.want(t, "play", "renewed")
		b.turn(t, false)
		b.want(t)
		b.turn(t, true)
		b.want(t, "play", "renewed")
		b.wantPhase(t, Ended)
	})
}

func TestCaptureBeginsOffAndIsStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session { return b.steady("a", time.Second) }, (*Supervisor).StartOff)
		time.Sleep(time.Hour)
		b.want(t)
		b.wantPhase(t, Off)
		if !b.WasOff() {
			t.Error("what went by before the start would count as lost")
		}
		if err := b.Try(t.Context()); err != nil {
			t.Errorf("try: %v", err)
		}
		b.want(t, "a open", "a closed", "renewed")
		b.wantPhase(t, Off)
		if got := b.source(); got != "a" {
			t.Errorf("in force is %q, want the values of the source that was tried", got)
		}
		if err := b.Start(t.Context()); err != nil {
			t.Errorf("start: %v", err)
		}
		b.want(t, "a open", "renewed")
		b.wantPhase(t, Running)
		b.turn(t, false)
		b.want(t, "a closed")
	})
}

// TestCaptureEndsForGood while a source is closed, and was not closed in time.
func TestCaptureEndsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, func(b *bench) Session {
			steady := b.steady("a", 0)
			return func(ctx context.Context, opened func(map[string]param.Value), up func()) error {
				defer time.Sleep(time.Minute)
				return steady(ctx, opened, up)
			}
		})
		b.want(t, "a open", "renewed")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := b.SetCapture(ctx, false); err == nil {
			t.Error("off, before the source was closed")
		}
		b.End()
		time.Sleep(time.Hour)
		b.want(t, "a closed")
		b.wantPhase(t, Off)
		if message := b.turn(t, false); message != "capture is off already" {
			t.Errorf("off: %q", message)
		}
		if _, err := b.Replace(t.Context(), b.steady("b", 0)); !errors.Is(err, errOver) {
			t.Errorf("replace: %v, want %v", err, errOver)
		}
		b.want(t)
	})
}

// TestASourceThatDoesNotOpenIsNotTriedAgain, whether it fails or takes too long, and capture
// can be started again.
func TestASourceThatDoesNotOpenIsNotTriedAgain(t *testing.T) {
	for name, first := range map[string]func(*bench) Session{
		"fails":    func(b *bench) Session { return b.failing("a", media.ErrAbsent) },
		"given up": func(b *bench) Session { return b.steady("a", time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t, first, (*Supervisor).StartOff)
				for _, open := range []func(context.Context) error{b.Try, b.Start, b.Start} {
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					err := open(ctx)
					cancel()
					if !errors.Is(err, media.ErrAbsent) && err != errNotInTime {
						t.Errorf("got %v", err)
					}
					time.Sleep(time.Hour)
					b.want(t, "a "+name)
					b.wantPhase(t, Off)
				}
				if message := b.turn(t, false); message != "capture is off already" {
					t.Errorf("off: %q", message)
				}
				if got := b.log.count("trying again"); got != 0 {
					t.Errorf("%d lines say that it is tried again", got)
				}
			})
		})
	}
}
