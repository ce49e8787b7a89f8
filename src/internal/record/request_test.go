//go:build go1.25

package record

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
)

// TestADiskThatHangsGetsAnAnswerInTime: each request is answered. Abandoned requests are
// bounded and leave no file. When the disk is back, recording works again.
func TestADiskThatHangsGetsAnAnswerInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		var left atomic.Int32
		r := New(Config{
			Name: "/microphone", Now: time.Now, Info: func(string) {}, Error: func(string) {},
			Left: func(string, time.Time, string) func() { left.Add(1); return func() { left.Add(-1) } },
		}, folder)
		ring := buffer.NewRing(2, 1000, 0)
		r.Attach(ring, media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE})
		ring.Write(make([]byte, 200))
		until := make(chan struct{})
		create := r.create
		r.create = func(directory, name string, at time.Time, kind string) (*os.File, string, error) {
			if strings.HasPrefix(directory, folder) { // the disk of which hangs
				<-until
			}
			return create(directory, name, at, kind)
		}
		ask := func(do func(context.Context) (string, error)) (string, time.Duration, error) {
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			begun := time.Now()
			message, err := do(ctx)
			return message, time.Since(begun), err
		}
		for i := range 2 * maxPerFolder {
			do, wait := r.Snippet, 4*time.Second
			if i%2 == 0 {
				do = r.Start
			}
			if i >= maxPerFolder {
				wait = 0
			}
			if message, took, err := ask(do); !errors.Is(err, errNoAnswer) || took != wait {
				t.Errorf("request %d: %q, %v after %v, want a refusal after %v", i, message, err, took, wait)
			}
		}
		if left.Load() != maxPerFolder {
			t.Errorf("%d requests left behind, want %d", left.Load(), maxPerFolder)
		}
		// Another folder helps, as the error says, up to maxRequests.
		other := t.TempDir()
		r.SetDirectory(other)
		if message, _, err := ask(r.Snippet); err != nil || !strings.HasPrefix(message, other) {
			t.Errorf("another folder: %q, %v", message, err)
		}
		r.SetDirectory(folder + "/third")
		for i := range maxPerFolder {
			wait := 4 * time.Second
			if i >= maxRequests-maxPerFolder {
				wait = 0
			}
			if message, took, err := ask(r.Snippet); !errors.Is(err, errNoAnswer) || took != wait {
				t.Errorf("request %d of a third folder: %q, %v after %v, want a refusal after %v", i, message, err, took, wait)
			}
		}
		if left.Load() != maxRequests {
			t.Errorf("%d requests left behind, want %d", left.Load(), maxRequests)
		}
		r.SetDirectory(folder)
		if _, _, err := ask(r.Stop); err == nil || errors.Is(err, errNoAnswer) || r.State() != (State{}) {
			t.Errorf("Stop: %v, state %+v: something is being recorded that was refused", err, r.State())
		}
		close(until)
		synctest.Wait()
		if err := os.Remove(folder + "/third"); err != nil {
			t.Error(err) // it is not empty
		}
		files, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil || len(files) != 0 || left.Load() != 0 {
			t.Errorf("files %q, %v, %d left behind, want none", files, err, left.Load())
		}
		if _, _, err := ask(r.Start); err != nil {
			t.Errorf("Start: %v", err)
		}
		ring.Write(make([]byte, 200))
		if message, _, err := ask(r.Stop); err != nil || !strings.HasPrefix(message, folder) {
			t.Errorf("Stop: %q, %v", message, err)
		}
		ring.Close()
		r.Detach()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}
