//go:build go1.25

package node

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/supervisor"
)

// silentLog is a log without an output.
type silentLog struct{}

func (silentLog) Infof(string, ...any) error  { return nil }
func (silentLog) Errorf(string, ...any) error { return nil }

// TestADiskThatHangsHoldsUpItsOwnFilesAlone: one that hangs, as a file server does, must
// not keep a calibration on another from being read.
func TestADiskThatHangsHoldsUpItsOwnFilesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := supervisor.NewLeft(silentLog{})
		d := NewDisk(left)
		until := make(chan struct{})
		stuck := func() error { <-until; return nil }
		do := func(file string, job func() error) (time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			begun := time.Now()
			err := d.Do(ctx, file, job)
			return time.Since(begun), err
		}
		for i := range maxHanging {
			if took, err := do(fmt.Sprint("/nfs/", i), stuck); err == nil || took != 4*time.Second {
				t.Errorf("%v after %v, want it left behind", err, took)
			}
			if took, err := do("/nfs/0", func() error { t.Error("overtaken"); return nil }); err == nil || took != 0 {
				t.Errorf("the same file: %v after %v, want a refusal at once", err, took)
			}
			bad := errors.New("no calibration")
			if _, err := do("/home/x", func() error { return bad }); i < maxHanging-1 && err != bad {
				t.Errorf("another file: %v, want %v", err, bad)
			} else if i == maxHanging-1 && (err == nil || !strings.Contains(err.Error(), "4 earlier requests")) {
				t.Errorf("too many: %v", err)
			}
		}
		close(until)
		synctest.Wait()
		if _, err := do("/nfs/0", func() error { return nil }); err != nil || left.Count() != 0 {
			t.Errorf("%v, %v left behind", err, left)
		}
	})
}
