package ffmpegprocess

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestOutputEndsWithItsContext: also that of a wrapper of ffmpeg that ignores SIGTERM, whose
// helper holds its output.
func TestOutputEndsWithItsContext(t *testing.T) {
	program := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(program, []byte("#!/bin/sh\ntrap '' TERM; sleep 1000 & wait; sleep 1000\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() { _, err := Output(ctx, program, nil); done <- err }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("its end is no error")
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
}
