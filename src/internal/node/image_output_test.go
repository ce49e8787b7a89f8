package node

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// pinnedImage returns an image in pinned memory.
func pinnedImage(t testing.TB, width, height, bytes int, encoding string) *acquire.Image {
	img := &acquire.Image{Width: width, Height: height, Step: bytes * width, Encoding: encoding}
	img.Data = make([]byte, img.Step*height)
	for i := range img.Data {
		img.Data[i] = byte(i * 31 >> 3)
	}
	var pinner runtime.Pinner
	pinner.Pin(&img.Data[0])
	t.Cleanup(pinner.Unpin)
	return img
}

// While nobody subscribes nothing is put aside: no output has memory of its own.
func TestNothingIsDoneWithoutSubscribers(t *testing.T) {
	camera, emit := newStillCamera(t)
	if result := camera.turn(t, acquire.Orientation{Rotate: 180}); result != nil {
		t.Fatal(result)
	}
	img := pinnedImage(t, 64, 48, 2, "uyvy")
	for range 10 {
		next(img)
		emit(img)
	}
	for name, w := range map[string]*worker{
		"image_raw": &camera.raw.worker, "compressed": &camera.compressed.worker,
		"planes": &camera.planes.worker, "spectrum": &camera.spectrum.worker,
	} {
		for _, s := range w.spare {
			if s.Data != nil {
				t.Errorf("%s: an image of %d bytes was put aside", name, len(s.Data))
			}
		}
	}
}

// turn changes the orientation as a client of the parameter services does.
func (c *Camera) turn(t testing.TB, o acquire.Orientation) error {
	t.Helper()
	set, err := c.parameters.Values().With(map[string]param.Value{
		"flip_horizontal": param.Bool(o.FlipHorizontal),
		"flip_vertical":   param.Bool(o.FlipVertical),
		"rotate":          param.Int(int64(o.Rotate)),
	})
	if err != nil {
		return err
	}
	_, err = c.apply(t.Context(), set)
	return err
}

// compressedOf returns the format of the message that a camera's image gets on
// ~/image_raw/compressed, and its bytes.
func compressedOf(t *testing.T, img *acquire.Image) (format string, data []byte) {
	t.Helper()
	camera, emit := newStillCamera(t)
	listener, err := newContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	var arrived atomic.Pointer[sensor_msgs_msg.CompressedImage]
	sub, err := sensor_msgs_msg.NewCompressedImageSubscription(listener, "/camera/image_raw/compressed", nil,
		func(msg *sensor_msgs_msg.CompressedImage, _ *rclgo.MessageInfo, err error) {
			if err == nil {
				arrived.Store(msg)
			}
		})
	if err != nil {
		t.Fatal(err)
	}
	background(t, listener.Spin)
	eventually(t, "camera and subscriber to be matched", func() bool {
		there, err1 := camera.compressed.GetSubscriptionCount()
		back, err2 := sub.GetPublisherCount()
		return err1 == nil && err2 == nil && there > 0 && back > 0
	})
	next(img)
	emit(img)
	eventually(t, "the image to arrive", func() bool { return arrived.Load() != nil })
	return arrived.Load().Format, arrived.Load().Data
}

func TestTheCamerasOwnJPEGArrivesUntouched(t *testing.T) {
	for encoding, want := range map[string]string{
		"bgr8":  "bgr8; jpeg compressed bgr8",
		"mono8": "mono8; jpeg compressed mono8",
	} {
		// Each has its nodes to itself: those of another would match them too.
		t.Run(encoding, func(t *testing.T) {
			var encoder imaging.Encoder
			defer encoder.Close()
			file, err := encoder.Encode(pinnedImage(t, 32, 24, map[string]int{"bgr8": 3, "mono8": 1}[encoding], encoding), 90)
			if err != nil {
				t.Fatal(err)
			}
			img := &acquire.Image{Data: file, Width: 32, Height: 24, Encoding: acquire.JPEG}
			format, data := compressedOf(t, img)
			if format != want {
				t.Errorf("format %q, want %q", format, want)
			}
			if string(data) != string(file) {
				t.Errorf("%d bytes arrived, other than the %d of the file", len(data), len(file))
			}
		})
	}
}

// A slow reader of what was made of images never makes the source wait.
func TestNewestReplacesWhatWaits(t *testing.T) {
	n := newNewest()
	defer n.close()
	img := pinnedImage(t, 4, 2, 1, "mono8")
	offer := func(number uint64) {
		t.Helper()
		img.Sequence = number
		s := n.blank()
		if err := s.Copy(img); err != nil {
			t.Fatal(err)
		}
		n.offer(s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	offer(1)
	first := n.take(ctx)
	for number := range uint64(100) {
		offer(2 + number)
	}
	if first.Sequence != 1 {
		t.Errorf("what is worked on became image %d", first.Sequence)
	}
	n.putBack(first)
	second := n.take(ctx)
	if second.Sequence != 101 || n.missed() != 99 {
		t.Errorf("got image %d and %d missed, want 101 and 99", second.Sequence, n.missed())
	}
	n.putBack(second)
	cancel()
	if s := n.take(ctx); s != nil {
		t.Errorf("after the end there was image %d", s.Sequence)
	}
}

func TestSpectraAreDueAtTheirRate(t *testing.T) {
	for _, c := range []struct {
		name           string
		images, rate   float64 // [Hz]
		jitter         time.Duration
		least, highest int // spectra of ten seconds
	}{
		{"a part of the images", 30, 5, 0, 50, 51},
		{"no whole part", 30, 7, 0, 69, 71},
		{"each image", 30, 30, 0, 299, 300},
		{"each image, which jitters", 30, 30, 8 * time.Millisecond, 297, 300},
		{"more than there are images", 30, 1000, 8 * time.Millisecond, 300, 300},
		{"less than one a second", 30, 0.5, 0, 5, 6},
	} {
		s := &imageSpectrum{}
		s.setRate(c.rate)
		period := time.Duration(float64(time.Second) / c.rate)
		interval := time.Duration(float64(time.Second) / c.images)
		taken, last := 0, time.Duration(0)
		for i := range int(10 * c.images) {
			stamp := time.Hour + time.Duration(float64(i)/c.images*float64(time.Second)) + c.jitter*time.Duration(i%3-1)
			if !s.isDue(stamp) {
				continue
			}
			if taken > 0 && stamp-last < period-interval-c.jitter {
				t.Errorf("%s: one %v after the other", c.name, stamp-last)
			}
			taken++
			last = stamp
		}
		if taken < c.least || taken > c.highest {
			t.Errorf("%s: %d spectra in ten seconds, want %d to %d", c.name, taken, c.least, c.highest)
		}
	}
}

func TestSpectraGoOnAfterAPauseAndAnotherRate(t *testing.T) {
	s := &imageSpectrum{}
	s.setRate(0.1)
	if !s.isDue(time.Hour) || s.isDue(time.Hour+time.Second) {
		t.Error("not the first alone")
	}
	s.setRate(10)
	if !s.isDue(time.Hour + 2*time.Second) {
		t.Error("a higher rate does not count at once")
	}
	for _, pause := range []time.Duration{time.Minute, 100 * time.Millisecond, 100 * time.Millisecond} {
		if !s.isDue(s.last + pause) {
			t.Errorf("nothing is due after %v", pause)
		}
	}
}
