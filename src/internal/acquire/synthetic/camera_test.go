package synthetic

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic/synthetictest"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

func openCamera(t testing.TB, config CameraConfig) acquire.VideoSource {
	t.Helper()
	camera := acquire.Check(NewCamera(config))
	format, err := camera.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	if format.Width != config.Width || format.Height != config.Height ||
		format.FrameRate != config.FrameRate || format.Encoding != config.Encoding {
		t.Fatalf("Open: got %+v, want what %+v asks for", format, config)
	}
	return camera
}

func TestCameraEmitsNumberedImagesAtExactRate(t *testing.T) {
	const rate = 119.88 // a rate whose period is no whole number of nanoseconds
	camera := openCamera(t, CameraConfig{Width: 320, Height: 240, FrameRate: rate, Encoding: "bgr8"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var first time.Duration
	var before uint64 // left out before the first one, by a slow machine
	count := 0
	err := camera.Run(ctx, func(image *media.Image) {
		if count == 0 {
			first, before = image.Stamp, image.Sequence
		}
		if now := clock.Monotonic(); image.Stamp > now {
			t.Errorf("image %d was emitted %v before it was due", image.Sequence, image.Stamp-now)
		}
		want := first + time.Duration(math.Round(float64(image.Sequence-before)*1e9/rate))
		if d := image.Stamp - want; d < -1 || d > 1 {
			t.Errorf("stamp of image %d: got %v, want %v", image.Sequence, image.Stamp, want)
		}
		if image.Width != 320 || image.Height != 240 || image.Step != 960 || image.Encoding != "bgr8" || len(image.Data) != 960*240 {
			t.Errorf("image: got %dx%d, step %d, %s, %d bytes", image.Width, image.Height, image.Step, image.Encoding, len(image.Data))
		}
		number, ok := synthetictest.FrameNumber(image.Data, image.Width, image.Height, image.Step, image.Encoding)
		if !ok || uint64(number) != image.Sequence {
			t.Errorf("number in the pixels: got %d, %v, want %d, true", number, ok, image.Sequence)
		}
		if count++; count == 60 {
			cancel()
		}
	})
	if err != nil {
		t.Errorf("Run: got %v, want nil after its context ended", err)
	}
	if count != 60 {
		t.Errorf("images: got %d, want 60", count)
	}
}

func TestCameraLosesImagesOfLateConsumer(t *testing.T) {
	camera := openCamera(t, CameraConfig{Width: 64, Height: 40, FrameRate: 200, Encoding: "mono8"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var before, after uint64
	var beforeStamp, afterStamp, resumed time.Duration
	count := 0
	if err := camera.Run(ctx, func(image *media.Image) {
		switch count++; count {
		case 3:
			before, beforeStamp = image.Sequence, image.Stamp
			// 20 periods pass while the consumer holds the image.
			for clock.Monotonic() < image.Stamp+100*time.Millisecond {
				time.Sleep(time.Millisecond)
			}
			resumed = clock.Monotonic()
		case 4:
			after, afterStamp = image.Sequence, image.Stamp
			if number, ok := synthetictest.FrameNumber(image.Data, 64, 40, image.Step, "mono8"); !ok || uint64(number) != after {
				t.Errorf("number in the pixels: got %d, %v, want %d, true", number, ok, after)
			}
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if after < before+20 {
		t.Errorf("number after 20 periods: got %d after %d, want a step of at least 20", after, before)
	}
	if want := beforeStamp + time.Duration(after-before)*5*time.Millisecond; afterStamp != want {
		t.Errorf("stamp after the loss: got %v, want %v", afterStamp, want)
	}
	if afterStamp <= resumed-5*time.Millisecond {
		t.Errorf("the image after the loss is not the newest: due %v before the consumer came back", resumed-afterStamp)
	}
}

func TestCameraNumbersFromZeroAfterEachOpen(t *testing.T) {
	camera := acquire.Check(NewCamera(CameraConfig{Width: 64, Height: 40, FrameRate: 500, Encoding: "mono8"}))
	for range 3 {
		if _, err := camera.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var got []uint64
		if err := camera.Run(ctx, func(image *media.Image) {
			got = append(got, image.Sequence)
			cancel()
		}); err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0] != 0 {
			t.Errorf("numbers: got %v, want [0]", got)
		}
		for range 2 {
			if err := camera.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestCameraRefusesWhatItCannotGive(t *testing.T) {
	good := CameraConfig{Width: 640, Height: 480, FrameRate: 30, Encoding: "bgr8"}
	tests := []struct {
		parameter string
		change    func(*CameraConfig)
	}{
		{"image_width", func(c *CameraConfig) { c.Width = -640 }},
		{"image_width", func(c *CameraConfig) { c.Width = 0 }},
		{"image_width", func(c *CameraConfig) { c.Width = MinWidth - 1 }},
		{"image_width", func(c *CameraConfig) { c.Width = math.MaxInt }},
		{"image_width", func(c *CameraConfig) { c.Width, c.Encoding = 641, "yuv422_yuy2" }},
		{"image_height", func(c *CameraConfig) { c.Height = -480 }},
		{"image_height", func(c *CameraConfig) { c.Height = MinHeight - 1 }},
		{"image_height", func(c *CameraConfig) { c.Height = MaxSide + 1 }},
		{"framerate", func(c *CameraConfig) { c.FrameRate = 0 }},
		{"framerate", func(c *CameraConfig) { c.FrameRate = -30 }},
		{"framerate", func(c *CameraConfig) { c.FrameRate = math.NaN() }},
		{"framerate", func(c *CameraConfig) { c.FrameRate = math.Inf(1) }},
		{"pixel_format", func(c *CameraConfig) { c.Encoding = "" }},
		{"pixel_format", func(c *CameraConfig) { c.Encoding = "mjpeg" }},
	}
	for _, test := range tests {
		config := good
		test.change(&config)
		_, err := NewCamera(config).Open(t.Context())
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), test.parameter) {
			t.Errorf("Open with %+v: got %v, want ErrUnsupported that names %s", config, err, test.parameter)
		}
	}
}

func TestCameraRefusesAContextThatHasEnded(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewCamera(CameraConfig{Width: 64, Height: 40, FrameRate: 500, Encoding: "mono8"}).Open(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Open with a context that has ended: got %v, want context.Canceled", err)
	}
}

// Images of a camera and of a pattern of the same number are equal to the last byte: the
// image before leaves no trace in their memory.
func TestCameraDrawsWholeImage(t *testing.T) {
	camera := openCamera(t, CameraConfig{Width: 320, Height: 240, FrameRate: 500, Encoding: "yuv422_yuy2"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	count := 0
	if err := camera.Run(ctx, func(image *media.Image) {
		if !bytes.Equal(image.Data, render(t, 320, 240, "yuv422_yuy2", uint32(image.Sequence))) {
			t.Errorf("image %d differs from the pattern of its number", image.Sequence)
		}
		if count++; count == 20 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// Images that nobody wants are counted and stamped as all others, and the first that somebody
// wants is drawn.
func TestCameraDrawsOnlyWhatIsWanted(t *testing.T) {
	wanted := false
	camera := openCamera(t, CameraConfig{Width: 64, Height: 40, FrameRate: 500, Encoding: "mono8", Wanted: func() bool { return wanted }})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var first time.Duration
	var before uint64 // left out before the first one, by a slow machine
	count := 0
	if err := camera.Run(ctx, func(image *media.Image) {
		if count == 0 {
			first, before = image.Stamp, image.Sequence
		}
		if want := first + time.Duration(image.Sequence-before)*2*time.Millisecond; image.Stamp != want || image.Step != 64 || image.Height != 40 {
			t.Errorf("image %d: stamp %v, step %d, height %d, want %v, 64 and 40", image.Sequence, image.Stamp, image.Step, image.Height, want)
		}
		if !wanted && image.Data != nil {
			t.Errorf("image %d, which nobody wants, has pixels", image.Sequence)
		}
		if wanted && !bytes.Equal(image.Data, render(t, 64, 40, "mono8", uint32(image.Sequence))) {
			t.Errorf("image %d differs from the pattern of its number", image.Sequence)
		}
		count++
		wanted = count%20 >= 10
		if count == 60 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if count != 60 {
		t.Errorf("images: got %d, want 60", count)
	}
}

func TestCameraAllocatesNothingPerImage(t *testing.T) {
	run := func(images int) float64 {
		return testing.AllocsPerRun(5, func() {
			camera := openCamera(t, CameraConfig{Width: 320, Height: 240, FrameRate: 1000, Encoding: "bgr8"})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			count := 0
			if err := camera.Run(ctx, func(*media.Image) {
				if count++; count == images {
					cancel()
				}
			}); err != nil {
				t.Fatal(err)
			}
		})
	}
	// The allocations of Open and at Run's start cancel out; the runtime's own goroutines may allocate
	// now and then.
	if few, many := run(2), run(202); many-few > 10 {
		t.Errorf("allocations: %v for 2 images, %v for 202, want the same", few, many)
	}
}
