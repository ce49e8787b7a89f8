package opencv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/synthetic/synthetictest"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
	"av_capture/src/internal/supervisor"
)

// record writes a lossless video of numbered images and returns its path and
// the images, bgr8.
func record(t testing.TB, width, height, count int, rate float64) (string, [][]byte) {
	t.Helper()
	camera := synthetic.NewCamera(synthetic.CameraConfig{Width: width, Height: height, FrameRate: 1000, Encoding: "bgr8"})
	if _, err := camera.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer camera.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var images [][]byte
	if err := camera.Run(ctx, func(image *media.Image) {
		if len(images) == count {
			return
		}
		pixels := bytes.Clone(image.Data)
		images = append(images, pixels)
		if len(images) == count {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	raw, path := filepath.Join(folder, "raw"), filepath.Join(folder, "video.avi")
	if err := os.WriteFile(raw, bytes.Join(images, nil), 0o600); err != nil {
		t.Fatal(err)
	}
	ffmpegtest.Run(t, "-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", fmt.Sprintf("%dx%d", width, height),
		"-framerate", fmt.Sprint(rate), "-i", raw, "-c:v", "ffv1", "-pix_fmt", "bgr0", path)
	return path, images
}

// open opens a source and closes it at the test's end.
func open(t testing.TB, config Config) (acquire.VideoSource, media.VideoFormat) {
	t.Helper()
	return openSource(t, New(config))
}

// openSource opens a given source and closes it at the test's end.
func openSource(t testing.TB, unchecked *Source) (acquire.VideoSource, media.VideoFormat) {
	t.Helper()
	source := acquire.Check(unchecked)
	format, err := source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return source, format
}

func TestFileGivesEveryImageAndThenEnds(t *testing.T) {
	path, images := record(t, 320, 240, 25, 100)
	source, format := open(t, Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	if want := (media.VideoFormat{Device: path, Width: 320, Height: 240, FrameRate: 100, Encoding: "bgr8"}); format != want {
		t.Errorf("Open: got %+v, want %+v", format, want)
	}
	var stamps []time.Duration
	err := source.Run(t.Context(), func(image *media.Image) {
		i := len(stamps)
		if image.Sequence != uint64(i) {
			t.Errorf("sequence: got %d, want %d", image.Sequence, i)
		}
		if image.Width != 320 || image.Height != 240 || image.Step != 960 || image.Encoding != "bgr8" {
			t.Errorf("image: got %dx%d, step %d, %s", image.Width, image.Height, image.Step, image.Encoding)
		}
		if i < len(images) && !bytes.Equal(image.Data, images[i]) {
			t.Errorf("image %d differs from what was written", i)
		}
		if now := clock.Monotonic(); image.Stamp > now {
			t.Errorf("image %d was emitted %v before its time", i, image.Stamp-now)
		}
		stamps = append(stamps, image.Stamp)
	})
	if !errors.Is(err, media.ErrEnd) {
		t.Errorf("Run: got %v, want ErrEnd", err)
	}
	if len(stamps) != len(images) {
		t.Fatalf("images: got %d, want %d", len(stamps), len(images))
	}
	for i, stamp := range stamps {
		want := stamps[0] + time.Duration(i)*10*time.Millisecond
		// A machine that stands still for a second stops the video.
		if d := stamp - want; d < -time.Microsecond || d > time.Microsecond && d < timing.LatenessLimit/2 {
			t.Errorf("stamp of image %d: off by %v", i, d)
		}
	}
}

func TestFileIsConvertedToEncoding(t *testing.T) {
	path, images := record(t, 320, 240, 5, 200)
	want := map[string]func(b, g, r byte) []byte{
		"bgr8": func(b, g, r byte) []byte { return []byte{b, g, r} },
		"rgb8": func(b, g, r byte) []byte { return []byte{r, g, b} },
		// ITU-R BT.601
		"mono8": func(b, g, r byte) []byte {
			return []byte{byte(math.Round(0.114*float64(b) + 0.587*float64(g) + 0.299*float64(r)))}
		},
	}
	for encoding, convert := range want {
		t.Run(encoding, func(t *testing.T) {
			source, _ := open(t, Config{Kind: File, Device: path, PixelFormat: encoding})
			count := 0
			err := source.Run(t.Context(), func(image *media.Image) {
				var want []byte
				for p := images[count]; len(p) > 0; p = p[3:] {
					want = append(want, convert(p[0], p[1], p[2])...)
				}
				count++
				if image.Step != len(want)/240 || image.Encoding != encoding || len(image.Data) != len(want) {
					t.Fatalf("image: got step %d, %s, %d bytes, want step %d, %s, %d bytes",
						image.Step, image.Encoding, len(image.Data), len(want)/240, encoding, len(want))
				}
				for i := range want {
					// OpenCV's integers may round the other way.
					if d := int(image.Data[i]) - int(want[i]); d < -1 || d > 1 || d != 0 && encoding != "mono8" {
						t.Fatalf("byte %d: got %d, want %d", i, image.Data[i], want[i])
					}
				}
				number, ok := synthetictest.FrameNumber(image.Data, image.Width, image.Height, image.Step, encoding)
				if wantNumber, _ := synthetictest.FrameNumber(images[count-1], 320, 240, 960, "bgr8"); !ok || number != wantNumber {
					t.Errorf("frame number: got %d, %v, want %d", number, ok, wantNumber)
				}
			})
			if !errors.Is(err, media.ErrEnd) || count != len(images) {
				t.Errorf("Run: got %v after %d images, want ErrEnd after %d", err, count, len(images))
			}
		})
	}
}

func TestFileLoops(t *testing.T) {
	path, images := record(t, 64, 40, 7, 200)
	source, _ := open(t, Config{Kind: File, Device: path, PixelFormat: "bgr8", Loop: true})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	count := 0
	var last time.Duration
	if err := source.Run(ctx, func(image *media.Image) {
		if !bytes.Equal(image.Data, images[count%len(images)]) {
			t.Errorf("image %d is not number %d of the file", count, count%len(images))
		}
		if image.Sequence != uint64(count) {
			t.Errorf("sequence: got %d, want %d", image.Sequence, count)
		}
		if d := image.Stamp - last; count > 0 && (d < 4999*time.Microsecond || d > 5001*time.Microsecond) && d < timing.LatenessLimit/2 {
			t.Errorf("image %d: %v after the one before, want 5 ms", count, d)
		}
		last = image.Stamp
		if count++; count == 3*len(images)+1 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if count != 3*len(images)+1 {
		t.Errorf("images: got %d, want %d", count, 3*len(images)+1)
	}
}

func TestFileSkipsNothingForLateConsumer(t *testing.T) {
	path, images := record(t, 64, 40, 20, 200)
	source, _ := open(t, Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	var stamps []time.Duration
	if err := source.Run(t.Context(), func(image *media.Image) {
		stamps = append(stamps, image.Stamp)
		if len(stamps) == 3 {
			for clock.Monotonic() < image.Stamp+50*time.Millisecond {
				time.Sleep(time.Millisecond)
			}
		}
	}); !errors.Is(err, media.ErrEnd) {
		t.Fatal(err)
	}
	if len(stamps) != len(images) {
		t.Errorf("images: got %d, want %d", len(stamps), len(images))
	}
	for i := 1; i < len(stamps); i++ {
		if d := stamps[i] - stamps[i-1]; d < 4999*time.Microsecond || d > 5001*time.Microsecond && d < timing.LatenessLimit/2 {
			t.Errorf("image %d: %v after the one before, want 5 ms", i, d)
		}
	}
}

func TestFileIsClosedAndOpenedAgain(t *testing.T) {
	path, images := record(t, 64, 40, 3, 500)
	source := acquire.Check(New(Config{Kind: File, Device: path, PixelFormat: "bgr8"}))
	for range 3 {
		if _, err := source.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		count := 0
		err := source.Run(t.Context(), func(image *media.Image) {
			if image.Sequence != uint64(count) || !bytes.Equal(image.Data, images[count]) {
				t.Errorf("image %d is another one, or numbered %d", count, image.Sequence)
			}
			count++
		})
		if !errors.Is(err, media.ErrEnd) || count != len(images) {
			t.Errorf("Run: got %v after %d images, want ErrEnd after %d", err, count, len(images))
		}
		for range 2 {
			if err := source.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := source.Run(t.Context(), nil); err == nil {
			t.Error("Run after Close: got nil, want an error")
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.avi")
	if err := os.WriteFile(text, []byte(strings.Repeat("no video\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		config Config
		want   error // nil: any
		text   string
	}{
		{"file absent", Config{Kind: File, Device: folder + "/absent.avi", PixelFormat: "bgr8"}, media.ErrAbsent, "absent.avi"},
		{"file is a folder", Config{Kind: File, Device: folder, PixelFormat: "bgr8"}, media.ErrUnsupported, "folder"},
		{"file is text", Config{Kind: File, Device: text, PixelFormat: "bgr8"}, media.ErrUnsupported, "no video"},
		{"file is a device", Config{Kind: File, Device: "/dev/null", PixelFormat: "bgr8"}, media.ErrUnsupported, "v4l2"},
		{"file as raw images", Config{Kind: File, Device: text, PixelFormat: "yuv422_yuy2"}, media.ErrUnsupported, "pixel_format"},
		{"server absent", Config{Kind: File, Device: "http://127.0.0.1:9/video", PixelFormat: "bgr8"}, media.ErrAbsent, "127.0.0.1"},
		{"device unknown", Config{Device: "no such camera", Resolve: func(string) (string, error) { return "", media.ErrUnknownDevice }, PixelFormat: "bgr8"}, media.ErrUnknownDevice, "no such camera"},
		{"pipeline that does not end", Config{Kind: Pipeline, Device: "videotestsrc ! fakesink", PixelFormat: "bgr8"}, media.ErrUnsupported, "appsink"},
		{"pipeline that does not start", Config{Kind: Pipeline, Device: "nosuchelement ! appsink", PixelFormat: "bgr8"}, media.ErrAbsent, "gst-launch"},
		{"pipeline as raw images", Config{Kind: Pipeline, Device: "videotestsrc ! appsink", PixelFormat: "uyvy"}, media.ErrUnsupported, "pixel_format"},
		{"no device", Config{PixelFormat: "bgr8"}, nil, "video_device"},
		{"kind unknown", Config{Kind: 7, Device: "0", PixelFormat: "bgr8"}, nil, "kind"},
		{"format of later", Config{Device: "0", PixelFormat: "mjpeg"}, media.ErrUnsupported, "pixel_format"},
		{"no format", Config{Device: "0"}, media.ErrUnsupported, "pixel_format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := New(test.config).Open(t.Context())
			if err == nil || test.want != nil && !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("Open: got %v, want %v with %q", err, test.want, test.text)
			}
		})
	}
}

func TestOpenEndsWithContext(t *testing.T) {
	path, _ := record(t, 64, 40, 2, 100)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	source := New(Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	if _, err := source.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: got %v, want context.Canceled", err)
	}
}

func TestOpenLeavesSilentServerBehind(t *testing.T) {
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	connections := make(chan net.Conn)
	go func() {
		defer close(connections)
		for {
			connection, err := server.Accept()
			if err != nil {
				return
			}
			connections <- connection // and never answers
		}
	}()
	left := supervisor.NewLeft(testLog{t})
	source, err := supervisor.NewSource("the server", left, nil, func(func(string)) (acquire.VideoSource, error) {
		return New(Config{Kind: File, Device: "http://" + server.Addr().String() + "/video", PixelFormat: "bgr8"}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() {
		_, err := source.Open(ctx)
		result <- err
	}()
	connection := <-connections // OpenCV is waiting for an answer now
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) || !errors.Is(err, supervisor.ErrLeft) || left.Count() != 1 {
		t.Errorf("Open: got %v, want context.Canceled and ErrLeft; %v is left behind", err, left)
	}
	if err := source.Close(); err != nil {
		t.Error(err)
	}
	// With the server gone the call returns, and another is tried anew.
	server.Close()
	connection.Close()
	for range connections {
		t.Error("another connection")
	}
	if _, err := source.Open(t.Context()); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("Open: got %v, want ErrAbsent", err)
	}
	for left.Count() > 0 {
		time.Sleep(time.Millisecond)
	}
}

// testLog is a log in the output of the test.
type testLog struct{ *testing.T }

func (l testLog) Infof(format string, args ...any) error {
	l.Logf(format, args...)
	return nil
}

func (l testLog) Errorf(format string, args ...any) error {
	l.Logf("error: "+format, args...)
	return nil
}

// The images of a longer life must not cost more of Go's memory than those of
// a shorter one.
func TestRunAllocatesNothingPerImage(t *testing.T) {
	for _, encoding := range []string{"bgr8", "mono8"} {
		t.Run(encoding, func(t *testing.T) {
			path, _ := record(t, 320, 240, 250, 1000)
			run := func(images int) float64 {
				return testing.AllocsPerRun(3, func() {
					source := acquire.Check(New(Config{Kind: File, Device: path, PixelFormat: encoding}))
					if _, err := source.Open(t.Context()); err != nil {
						t.Fatal(err)
					}
					defer source.Close()
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					count := 0
					if err := source.Run(ctx, func(*media.Image) {
						if count++; count == images {
							cancel()
						}
					}); err != nil {
						t.Fatal(err)
					}
				})
			}
			// The runtime's own goroutines may allocate now and then.
			if few, many := run(10), run(210); many-few > 10 {
				t.Errorf("allocations: %v for 10 images, %v for 210, want the same", few, many)
			}
		})
	}
}

// A matrix that OpenCV has allocated anew may lie anywhere: the emitted data are its memory
// rather than that of the first image.
func TestImageIsTheMatrixMemory(t *testing.T) {
	path, images := record(t, 64, 40, 4, 500)
	source := New(Config{Kind: File, Device: path, PixelFormat: "bgr8"})
	checked, _ := openSource(t, source)
	count := 0
	err := checked.Run(t.Context(), func(image *media.Image) {
		matrix, err := source.capture.matrices[0].DataPtrUint8()
		if err != nil || &matrix[0] != &image.Data[0] {
			t.Errorf("image %d is not in the matrix's memory (%v)", count, err)
		}
		if !bytes.Equal(image.Data, images[count]) {
			t.Errorf("image %d differs from what was written", count)
		}
		count++
		// Make OpenCV allocate: the size of the next image no longer fits.
		source.capture.matrices[0].Close()
		source.capture.matrices[0] = gocv.NewMatWithSize(1+rand.IntN(9), 3, gocv.MatTypeCV8UC1)
	})
	if !errors.Is(err, media.ErrEnd) || count != len(images) {
		t.Errorf("Run: got %v after %d images", err, count)
	}
}

func BenchmarkFile(b *testing.B) {
	path, _ := record(b, 1920, 1080, 10, 1000)
	for _, encoding := range []string{"bgr8", "rgb8", "mono8"} {
		b.Run(encoding, func(b *testing.B) {
			source := New(Config{Kind: File, Device: path, PixelFormat: encoding, Loop: true})
			openSource(b, source)
			c := source.capture
			b.ReportAllocs()
			for b.Loop() {
				c.start(c.readCall)
				<-c.returned
				c.finish()
				if !c.ok {
					var err error
					c.start(func() { err = source.rewind(c) })
					<-c.returned
					c.finish()
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
