package camera

import (
	"testing"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestLatencyOfTheDeviceIsSubtractedExactly: image and camera_info are stamped earlier than
// the source stamps the image, by the latency and by nothing else. The source stays open
// when the latency changes, and its image stays as it is.
func TestLatencyOfTheDeviceIsSubtractedExactly(t *testing.T) {
	// The system's time is CLOCK_MONOTONIC since an epoch, so that stamps are exact.
	epoch := time.Unix(1_700_000_000, 0)
	camera, emit := newStillCamera(t, func(c *Node) {
		c.Clock.Clocks = func() clock.Reading {
			now := clock.Monotonic()
			return clock.Reading{At: now, System: epoch.Add(now)}
		}
	})
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	options := &rclgo.SubscriptionOptions{Qos: nodetest.Reliable(100)}
	raw := nodetest.Stamped[sensor_msgs_msg.Image]{Header: func(m *sensor_msgs_msg.Image) *std_msgs_msg.Header { return &m.Header }}
	info := nodetest.Stamped[sensor_msgs_msg.CameraInfo]{Header: func(m *sensor_msgs_msg.CameraInfo) *std_msgs_msg.Header { return &m.Header }}
	if _, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/image_raw", options, raw.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewCameraInfoSubscription(listener, "/camera/camera_info", options, info.Take); err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	nodetest.Eventually(t, "all to be matched", func() bool { return camera.raw.wanted() && camera.info.publisher.Wanted() })

	img := nodetest.PinnedImage(t, 64, 48, 3, "bgr8")
	emitted := 0
	// show emits an image that the source stamps at, and wants it to be stamped so.
	show := func(at, want time.Duration) {
		t.Helper()
		img.Stamp = at
		emit(img)
		emitted++
		if img.Stamp != at {
			t.Errorf("the source's own image is stamped %v after it was published, %v before", img.Stamp, at)
		}
		for topic, stamps := range map[string]func() []time.Time{"image_raw": raw.Stamps, "camera_info": info.Stamps} {
			nodetest.Eventually(t, topic, func() bool { return len(stamps()) == emitted })
			if got := stamps()[emitted-1].Sub(epoch); got != want {
				t.Errorf("%s: the image of %v is stamped %v, want %v", topic, at, got, want)
			}
		}
	}
	const at = time.Hour
	show(at, at)
	setLatency(t, camera, 0.0123)
	show(at+time.Second, at+time.Second-12300*time.Microsecond)
	show(at+2*time.Second, at+2*time.Second-12300*time.Microsecond)
	// Stamps never go back: they stand still until time has caught up.
	setLatency(t, camera, 2)
	last := at + 2*time.Second - 12300*time.Microsecond
	show(at+3*time.Second, last+1)
	show(at+3*time.Second+500*time.Millisecond, last+2)
	show(at+4*time.Second, at+2*time.Second)
	setLatency(t, camera, 0)
	show(at+5*time.Second, at+5*time.Second)
}

func setLatency(t *testing.T, camera *Node, seconds float64) {
	t.Helper()
	if err := camera.change(t, map[string]param.Value{"device_latency": param.Double(seconds)}); err != nil {
		t.Fatal(err)
	}
}
