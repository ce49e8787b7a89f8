package camera

import (
	"bytes"
	"context"
	"sync/atomic"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// stillCamera is a source whose images the test emits itself.
type stillCamera struct{ emit chan func(*media.Image) }

func (s *stillCamera) Open(context.Context) (media.VideoFormat, error) {
	return media.VideoFormat{Device: "test", Width: 64, Height: 48, Encoding: "bgr8"}, nil
}

func (s *stillCamera) Run(ctx context.Context, emit func(*media.Image)) error {
	select {
	case s.emit <- emit:
	case <-ctx.Done():
	}
	<-ctx.Done()
	return nil
}

func (s *stillCamera) Close() error { return nil }

// newStillCamera starts a camera node, after prepare, and returns the function that
// emits an image.
func newStillCamera(t testing.TB, prepare ...func(*Node)) (camera *Node, emit func(*media.Image)) {
	source := &stillCamera{emit: make(chan func(*media.Image))}
	camera, err := New(nodetest.NewContext(t), node.Options{Name: "camera"}, func(Config, func(string)) (acquire.VideoSource, error) {
		return source, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { camera.Close() })
	for _, f := range prepare {
		f(camera)
	}
	nodetest.Background(t, camera.Run)
	return camera, <-source.emit
}

// fullHD returns an image of 1920x1080 in pinned memory.
func fullHD(t testing.TB) *media.Image { return nodetest.PinnedImage(t, 1920, 1080, 3, "bgr8") }

// matched waits until the camera and a subscription know each other.
func matched(t testing.TB, camera *Node, sub interface{ GetPublisherCount() (int, error) }) {
	nodetest.Eventually(t, "camera and subscriber to be matched", func() bool {
		there := camera.raw.wanted()
		back, err := sub.GetPublisherCount()
		return err == nil && there && back > 0
	})
}

func TestPublishedImagesArriveWithEveryByte(t *testing.T) {
	camera, emit := newStillCamera(t)
	img := fullHD(t)

	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	var arrived, wrong atomic.Int64
	sub, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/image_raw", nil,
		func(msg *sensor_msgs_msg.Image, _ *rclgo.MessageInfo, err error) {
			if err != nil || msg.Width != 1920 || msg.Height != 1080 || msg.Step != 3*1920 ||
				msg.Encoding != "bgr8" || msg.Header.FrameId != "camera" || !bytes.Equal(msg.Data, img.Data) {
				wrong.Add(1)
			}
			arrived.Add(1)
		})
	if err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	matched(t, camera, sub)

	// One image at a time, so that the reader takes every one of them.
	for want := int64(1); want <= 5; want++ {
		nodetest.Next(img)
		emit(img)
		nodetest.Eventually(t, "the image to arrive", func() bool { return arrived.Load() == want })
	}
	if wrong.Load() != 0 {
		t.Errorf("%d of %d images arrived changed", wrong.Load(), arrived.Load())
	}
}

// BenchmarkPublish measures from the source to the end of rcl_publish, with a
// matched reader that takes the images in their serialised form, so that what
// is allocated is the publisher's alone.
func BenchmarkPublish(b *testing.B) {
	camera, emit := newStillCamera(b)
	img := fullHD(b)
	listener, err := nodetest.NewContext(b).NewNode("listener", "")
	if err != nil {
		b.Fatal(err)
	}
	sub, err := listener.NewSubscription("/camera/image_raw", sensor_msgs_msg.ImageTypeSupport, nil, func(*rclgo.Subscription) {})
	if err != nil {
		b.Fatal(err)
	}
	matched(b, camera, sub)
	b.SetBytes(int64(len(img.Data)))
	b.ReportAllocs()
	for b.Loop() {
		nodetest.Next(img)
		emit(img)
	}
}

func TestPublishingAnImageAllocatesNothing(t *testing.T) {
	for _, encoding := range []string{"bgr8", "yuv422_yuy2", media.JPEG} {
		t.Run(encoding, func(t *testing.T) {
			camera, emit := newStillCamera(t)
			img := nodetest.ImageOf(t, 320, 240, encoding)
			topic, output := outputOf(camera, encoding)
			// Another process takes the images, so that all allocations counted
			// are the publisher's.
			r := nodetest.NewReader(t, topic)
			nodetest.Eventually(t, "the reader", output.wanted)
			// Enough of them that the report once a second does not count.
			allocations := testing.AllocsPerRun(500, func() {
				nodetest.Next(img)
				emit(img)
				r.Wait()
			})
			if allocations != 0 {
				t.Errorf("publishing an image allocates %v times on Go's heap, want 0", allocations)
			}
		})
	}
}
