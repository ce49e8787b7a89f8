package film

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/media"

	"golang.org/x/sys/unix"
)

// testImage returns an image at a time [s].
func testImage(at int) *Image {
	const width, height = 640, 480
	return &Image{Stamp: time.Duration(at) * time.Second, Image: media.Image{
		Data: make([]byte, 3*width*height), Width: width, Height: height, Step: 3 * width, Encoding: "bgr8",
	}}
}

// TestFFmpegThatDoesNotEndIsEnded stops ffmpeg once a film has begun: when the film is to end,
// and when a part is, with ffmpeg waiting for the next image or with more in the queue than it
// took.
func TestFFmpegThatDoesNotEndIsEnded(t *testing.T) {
	for _, c := range []struct {
		name   string
		split  time.Duration
		images int // put when ffmpeg is stopped
		words  string
	}{
		{"at the end", 0, 0, ""},
		{"at the end of a part", time.Second, 1, "; 1 images and 0 blocks of sound that waited are lost"},
		{"while it takes nothing", 0, 5, " images and 0 blocks of sound that waited are lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := New(t.Context(), Config{
				Path: filepath.Join(t.TempDir(), "film.mkv"), Video: "ffv1", Split: c.split, Buffer: 64 << 20, idleLimit: time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			camera := r.AddImages("camera")
			put := func(at int) {
				if err := camera.Image(testImage(at)); err != nil {
					t.Fatal(err)
				}
			}
			put(0)
			ended := make(chan error)
			go func() { ended <- r.Run(func() {}) }()
			process := awaitPart(t, r).process
			process.Signal(unix.SIGSTOP)
			for i := range c.images {
				put(1 + i)
			}
			if c.split == 0 {
				r.Close()
			}
			err = <-ended
			if err == nil || !strings.Contains(err.Error(), "ffmpeg did not finish it, wrote nothing for 1s and was ended") || !strings.HasSuffix(err.Error(), c.words) {
				t.Errorf("%v", err)
			}
			if pid := process.PID(); pid != 0 {
				t.Errorf("ffmpeg is still process %d", pid)
			}
			for _, saved := range r.Saved() {
				if !saved.Failed {
					t.Errorf("%+v counts as whole", saved)
				}
			}
		})
	}
}

// awaitPart returns the part of a film that has begun, once ffmpeg has taken an image.
func awaitPart(t *testing.T, r *Recorder) *part {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		r.mu.Lock()
		p, images := r.part, r.status.Images
		r.mu.Unlock()
		if p != nil && images > 0 {
			return p
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("no part has begun")
	return nil
}
