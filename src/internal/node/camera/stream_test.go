package camera

import (
	"context"
	"errors"
	"testing"
	"time"

	"av_capture/src/internal/accessunit"
	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message/foxglove"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Access units of H.264, by their NAL units alone: no decoder gets them.
const (
	parameterSets = "\x00\x00\x00\x01\x67a\x00\x00\x00\x01\x68b"
	keyPicture    = "\x00\x00\x00\x01\x65c"
	picture       = "\x00\x00\x00\x01\x41d"
)

// videoCamera is a source of access units of H.264: "" for one that was lost.
type videoCamera struct {
	units []string
	sent  func(unit int) // called behind each
}

func (c videoCamera) Open(context.Context) (media.VideoFormat, error) {
	return media.VideoFormat{Device: "a camera", Width: 64, Height: 48, Encoding: accessunit.H264, FrameRate: 30}, nil
}

func (c videoCamera) Run(_ context.Context, emit func(*media.Image)) error {
	for i, unit := range c.units {
		if unit != "" {
			emit(&media.Image{Data: []byte(unit), Width: 64, Height: 48, Encoding: accessunit.H264, Sequence: uint64(i), Stamp: time.Duration(i+1) * time.Millisecond})
		}
		if c.sent != nil {
			c.sent(i)
		}
	}
	return media.ErrEnd
}

func (c videoCamera) Close() error { return nil }

// newVideoNode returns a node, and what has it capture from a source until that ends.
func newVideoNode(t *testing.T) (n *Node, capture func(videoCamera) *session) {
	var source videoCamera
	n, err := New(nodetest.NewContext(t), node.Options{Name: "camera"}, func(Config, func(string)) (acquire.VideoSource, error) {
		return source, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	nodetest.Background(t, n.ROS.Spin) // which tells of subscriptions
	return n, func(c videoCamera) *session {
		t.Helper()
		source = c
		s, err := n.newSession(n.config)
		if err != nil {
			t.Fatal(err)
		}
		if err = s.run(t.Context(), func(map[string]param.Value) {}, func() {}); !errors.Is(err, media.ErrEnd) {
			t.Fatal(err)
		}
		return s
	}
}

func TestABufferOfParameterSetsAloneIsNoImage(t *testing.T) {
	n, capture := newVideoNode(t)
	capture(videoCamera{units: []string{parameterSets, keyPicture, picture, parameterSets, keyPicture, "", picture}})
	if n.meter.captured != 4 || n.meter.lost != 1 || n.meter.damagedTotal != 0 {
		t.Errorf("%d images, %d lost, %d damaged; want 4, 1 and 0", n.meter.captured, n.meter.lost, n.meter.damagedTotal)
	}
}

// watch subscribes to ~/video, and waits until the node knows it.
func watch(t *testing.T, n *Node) {
	t.Helper()
	n.video.topics[1].joined.Store(false)
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listener.NewSubscription("/camera/video", foxglove.CompressedVideoTypeSupport, nil, func(*rclgo.Subscription) {}); err != nil {
		t.Fatal(err)
	}
	nodetest.Eventually(t, "the subscription", n.video.topics[1].joined.Load)
}

func TestWhatIsHeldBackAfterALossIsCounted(t *testing.T) {
	if err := foxglove.Installed(); err != nil {
		t.Skip(err)
	}
	n, capture := newVideoNode(t)
	whole := parameterSets + keyPicture
	capture(videoCamera{units: []string{picture, whole}}) // nobody waits
	watch(t, n)
	for _, test := range []struct {
		units   []string
		dropped uint64
	}{
		{[]string{picture, picture, whole, picture}, 0}, // it joins in the middle
		{[]string{whole, picture, "", picture, picture, whole, picture}, 2},
		{[]string{picture, whole}, 1}, // the camera was opened anew
	} {
		before := n.video.dropped
		capture(videoCamera{units: test.units})
		if got := n.video.dropped - before; got != test.dropped {
			t.Errorf("%q: %d packets were held back, want %d", test.units, got, test.dropped)
		}
	}
}

func TestTheCameraIsAskedForAKeyFrameForEachThatJoins(t *testing.T) {
	if err := foxglove.Installed(); err != nil {
		t.Skip(err)
	}
	n, capture := newVideoNode(t)
	ask := func(want bool, when string) {
		t.Helper()
		if got := n.video.awaitsKeyFrame(); got != want {
			t.Errorf("%s: asked for a key frame is %t, want %t", when, got, want)
		}
	}
	ask(false, "nobody is there")
	watch(t, n)
	ask(true, "the first is there")
	whole := parameterSets + keyPicture
	capture(videoCamera{units: []string{whole}, sent: func(int) {
		ask(false, "it has begun")
		watch(t, n)
		ask(true, "one more is there")
		ask(false, "it was asked")
	}})

	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := listener.NewSubscription("/camera/image_raw", sensor_msgs_msg.ImageTypeSupport, nil, func(*rclgo.Subscription) {}); err != nil {
		t.Fatal(err)
	}
	nodetest.Eventually(t, "the subscription", n.raw.wanted)
	s := capture(videoCamera{units: []string{whole, picture, "", picture}})
	if !s.awaitsKeyFrame() {
		t.Error("none is asked for what is decoded, after a loss")
	}
}
