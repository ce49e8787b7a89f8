package opencv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	gojpeg "image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/media"
)

// motionJPEG writes a video of JPEG images with ffmpeg, and extracts their files with ffmpeg,
// unchanged.
func motionJPEG(t *testing.T, name string, count int) (path string, files [][]byte) {
	t.Helper()
	folder := t.TempDir()
	path = filepath.Join(folder, name)
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=100", "-frames:v", fmt.Sprint(count), "-c:v", "mjpeg", "-q:v", "3", path)
	ffmpegtest.Run(t, "-i", path, "-c:v", "copy", "-f", "image2", filepath.Join(folder, "%03d.jpg"))
	for i := range count {
		file, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("%03d.jpg", i+1)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return path, files
}

func TestFileOfMotionJPEGGivesItsBytes(t *testing.T) {
	for _, name := range []string{"video.avi", "video.mkv", "video.mp4", "video.mov"} {
		path, files := motionJPEG(t, name, 30)
		source, format := open(t, Config{Kind: File, Device: path, PixelFormat: media.JPEG})
		if want := (media.VideoFormat{Device: path, Width: 160, Height: 120, FrameRate: 100, Encoding: media.JPEG}); format != want {
			t.Errorf("Open: got %+v, want %+v", format, want)
		}
		var stamps []time.Duration
		err := source.Run(t.Context(), func(image *media.Image) {
			i := len(stamps)
			stamps = append(stamps, image.Stamp)
			if image.Width != 160 || image.Height != 120 || image.Step != 0 || image.Encoding != media.JPEG || image.Sequence != uint64(i) {
				t.Errorf("image %d: got %dx%d, step %d, %s, number %d", i, image.Width, image.Height, image.Step, image.Encoding, image.Sequence)
			}
			if i < len(files) && !bytes.Equal(image.Data, files[i]) {
				t.Errorf("%s: image %d is not what ffmpeg extracts, %d bytes instead of %d", name, i, len(image.Data), len(files[i]))
			}
			if _, err := gojpeg.Decode(bytes.NewReader(image.Data)); err != nil {
				t.Errorf("image %d: %v", i, err)
			}
		})
		if !errors.Is(err, media.ErrEnd) || len(stamps) != len(files) {
			t.Fatalf("got %d images, %v, want %d and ErrEnd", len(stamps), err, len(files))
		}
		for i := range stamps[1:] {
			if step := stamps[i+1] - stamps[i]; step < 9*time.Millisecond || step > 11*time.Millisecond {
				t.Errorf("%s: image %d comes %v after the one before, want 10 ms", name, i+1, step)
			}
		}
	}
}

func TestFileOfMotionJPEGBeginsAgain(t *testing.T) {
	path, files := motionJPEG(t, "video.avi", 3)
	source, _ := open(t, Config{Kind: File, Device: path, PixelFormat: media.JPEG, Loop: true})
	seen := 0
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := source.Run(ctx, func(image *media.Image) {
		if !bytes.Equal(image.Data, files[seen%len(files)]) {
			t.Errorf("image %d is not image %d of the video", seen, seen%len(files))
		}
		if seen++; seen == 8 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestFileWithoutJPEGIsRefused(t *testing.T) {
	path, _ := record(t, 64, 48, 2, 25)
	_, err := New(Config{Kind: File, Device: path, PixelFormat: media.JPEG}).Open(t.Context())
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(strings.ToLower(err.Error()), "its images are ffv1, and pixel_format mjpeg wants motion jpeg") {
		t.Errorf("Open: got %v", err)
	}
	// MPEG-4 in MP4 has the code that motion JPEG has there too.
	path = filepath.Join(t.TempDir(), "video.mp4")
	ffmpegtest.Run(t, "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=100", "-frames:v", "3", "-c:v", "mpeg4", path)
	source := acquire.Check(New(Config{Kind: File, Device: path, PixelFormat: media.JPEG}))
	defer source.Close()
	if _, err = source.Open(t.Context()); err == nil {
		err = source.Run(t.Context(), func(*media.Image) { t.Error("an image was emitted") })
	}
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "pixel_format mjpeg wants motion JPEG") {
		t.Errorf("MPEG-4: got %v", err)
	}
}
