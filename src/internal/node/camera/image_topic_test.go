package camera

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestNothingIsDoneWithoutSubscribers: no mailbox has memory of its own then.
func TestNothingIsDoneWithoutSubscribers(t *testing.T) {
	camera, emit := newStillCamera(t)
	if result := camera.turn(t, media.Orientation{Rotate: 180}); result != nil {
		t.Fatal(result)
	}
	img := nodetest.PinnedImage(t, 64, 48, 2, "uyvy")
	for range 10 {
		nodetest.Next(img)
		emit(img)
	}
	for name, m := range map[string]*mailbox{
		"image_raw": camera.raw.mailbox, "compressed": camera.compressed.mailbox,
		"planes": camera.planes.mailbox, "spectrum": camera.spectrum.mailbox,
	} {
		for _, s := range m.spare {
			if s.Data != nil {
				t.Errorf("%s: an image of %d bytes is in the mailbox", name, len(s.Data))
			}
		}
	}
}

// TestAnImageWithoutPixelsIsPublishedNowhere: its source asked before somebody subscribed. Its
// camera_info goes out, and so does the next image.
func TestAnImageWithoutPixelsIsPublishedNowhere(t *testing.T) {
	camera, emit := newStillCamera(t)
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	raw := nodetest.Stamped[sensor_msgs_msg.Image]{Header: func(m *sensor_msgs_msg.Image) *std_msgs_msg.Header { return &m.Header }}
	info := nodetest.Stamped[sensor_msgs_msg.CameraInfo]{Header: func(m *sensor_msgs_msg.CameraInfo) *std_msgs_msg.Header { return &m.Header }}
	options := &rclgo.SubscriptionOptions{Qos: nodetest.Reliable(100)}
	if _, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/image_raw", options, raw.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewCameraInfoSubscription(listener, "/camera/camera_info", options, info.Take); err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	nodetest.Eventually(t, "all to be matched", func() bool { return camera.raw.wanted() && camera.info.publisher.Wanted() })
	whole := nodetest.PinnedImage(t, 64, 48, 3, "bgr8")
	empty := *whole
	empty.Data = nil
	for _, img := range []*media.Image{&empty, whole} {
		nodetest.Next(img)
		emit(img)
	}
	nodetest.Eventually(t, "the second image", func() bool { return len(raw.Stamps()) > 0 && len(info.Stamps()) == 2 })
	if got := raw.Stamps(); len(got) != 1 || !got[0].Equal(info.Stamps()[1]) {
		t.Errorf("image_raw has the stamps %v, camera_info %v", got, info.Stamps())
	}
}

// change changes parameters as a client of the parameter services does.
func (n *Node) change(t testing.TB, parameters map[string]param.Value) error {
	t.Helper()
	set, err := n.Values().With(parameters)
	if err != nil {
		return err
	}
	_, err = n.apply(t.Context(), set)
	return err
}

// turn changes the orientation.
func (n *Node) turn(t testing.TB, o media.Orientation) error {
	t.Helper()
	return n.change(t, map[string]param.Value{
		"flip_horizontal": param.Bool(o.FlipHorizontal),
		"flip_vertical":   param.Bool(o.FlipVertical),
		"rotate":          param.Int(int64(o.Rotate)),
	})
}

// compressedOf returns the format of the message that a camera's image gets on
// ~/image_raw/compressed, and its bytes.
func compressedOf(t *testing.T, img *media.Image) (format string, data []byte) {
	t.Helper()
	camera, emit := newStillCamera(t)
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
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
	nodetest.Background(t, listener.Spin)
	nodetest.Eventually(t, "camera and subscriber to be matched", func() bool {
		there := camera.compressed.wanted()
		back, err := sub.GetPublisherCount()
		return err == nil && there && back > 0
	})
	nodetest.Next(img)
	emit(img)
	nodetest.Eventually(t, "the image to arrive", func() bool { return arrived.Load() != nil })
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
			file, err := encoder.Encode(nodetest.PinnedImage(t, 32, 24, map[string]int{"bgr8": 3, "mono8": 1}[encoding], encoding), 90)
			if err != nil {
				t.Fatal(err)
			}
			img := &media.Image{Data: file, Width: 32, Height: 24, Encoding: media.JPEG}
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

// TestMailboxKeepsTheLatestFrame: a slow reader never makes the source wait.
func TestMailboxKeepsTheLatestFrame(t *testing.T) {
	n := newMailbox()
	defer n.close()
	img := nodetest.PinnedImage(t, 4, 2, 1, "mono8")
	offer := func(number uint64) {
		t.Helper()
		img.Sequence = number
		s := n.borrow()
		if err := s.Copy(img); err != nil {
			t.Fatal(err)
		}
		n.put(s)
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
	n.giveBack(first)
	second := n.take(ctx)
	if second.Sequence != 101 || n.skipped() != 99 {
		t.Errorf("got image %d and %d missed, want 101 and 99", second.Sequence, n.skipped())
	}
	n.giveBack(second)
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
