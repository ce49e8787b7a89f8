package camera

import (
	"testing"
	"time"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/node/nodetest"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// TestImagesGoOnWhenTheClockIsSetBack: each image goes out on each topic with one
// stamp, before a step and after it, and is counted once.
func TestImagesGoOnWhenTheClockIsSetBack(t *testing.T) {
	const step = -5 * time.Hour
	var set nodetest.SettableClock
	camera, emit := newStillCamera(t, func(c *Node) { c.Clock.Clocks = set.Read })
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	options := &rclgo.SubscriptionOptions{Qos: nodetest.Reliable(1000)}
	ofImage := func(m *sensor_msgs_msg.Image) *std_msgs_msg.Header { return &m.Header }
	raw := nodetest.Stamped[sensor_msgs_msg.Image]{Header: ofImage}
	planes := nodetest.Stamped[sensor_msgs_msg.Image]{Header: ofImage}
	spectrum := nodetest.Stamped[sensor_msgs_msg.Image]{Header: ofImage}
	compressed := nodetest.Stamped[sensor_msgs_msg.CompressedImage]{Header: func(m *sensor_msgs_msg.CompressedImage) *std_msgs_msg.Header { return &m.Header }}
	info := nodetest.Stamped[sensor_msgs_msg.CameraInfo]{Header: func(m *sensor_msgs_msg.CameraInfo) *std_msgs_msg.Header { return &m.Header }}
	diagnostics := nodetest.Stamped[diagnostic_msgs_msg.DiagnosticArray]{}
	for topic, take := range map[string]func(*sensor_msgs_msg.Image, *rclgo.MessageInfo, error){
		"image_raw": raw.Take, "planes": planes.Take, "spectrum": spectrum.Take,
	} {
		if _, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/"+topic, options, take); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sensor_msgs_msg.NewCompressedImageSubscription(listener, "/camera/image_raw/compressed", options, compressed.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewCameraInfoSubscription(listener, "/camera/camera_info", options, info.Take); err != nil {
		t.Fatal(err)
	}
	if _, err := diagnostic_msgs_msg.NewDiagnosticArraySubscription(listener, "/diagnostics", options, diagnostics.Take); err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	topics := map[string]func() []time.Time{
		"image_raw": raw.Stamps, "planes": planes.Stamps, "spectrum": spectrum.Stamps,
		"compressed": compressed.Stamps, "camera_info": info.Stamps,
	}
	nodetest.Eventually(t, "all to be matched", func() bool {
		return camera.raw.wanted() && camera.planes.wanted() && camera.spectrum.wanted() &&
			camera.compressed.wanted() && camera.info.publisher.Wanted() && len(diagnostics.SoFar()) > 0
	})

	img := nodetest.PinnedImage(t, 64, 48, 2, "uyvy")
	emitted := 0
	// show emits an image and waits until all topics have it.
	show := func() {
		nodetest.Next(img)
		img.Stamp += time.Duration(emitted) * time.Second // so that a spectrum is due
		emit(img)
		emitted++
		for topic, stamps := range topics {
			nodetest.Eventually(t, topic, func() bool { return len(stamps()) == emitted })
		}
	}
	for range 5 {
		show()
	}
	set.Step(step)
	for range 5 {
		show()
	}
	want := raw.Stamps()
	for topic, stamps := range topics {
		got := stamps()
		nodetest.WantStep(t, topic, got, step)
		for i := range got {
			if !got[i].Equal(want[i]) {
				t.Errorf("%s: message %d is stamped %v, its image %v", topic, i, got[i], want[i])
			}
		}
	}
	nodetest.WantReported(t, &diagnostics, "5h0m0s")
	camera.meter.mu.Lock()
	defer camera.meter.mu.Unlock()
	if camera.meter.captured != uint64(emitted) || camera.meter.drops != 0 {
		t.Errorf("%d images and %d drops are counted, want %d and none", camera.meter.captured, camera.meter.drops, emitted)
	}
}

// TestOvertakenImageIsLeftOutAndNotCountedAsPublished: its stamp tells nothing, since
// the clock may have been set in between.
func TestOvertakenImageIsLeftOutAndNotCountedAsPublished(t *testing.T) {
	camera, _ := newStillCamera(t)
	img := nodetest.PinnedImage(t, 16, 16, 3, "bgr8")
	img.Stamp = clock.Monotonic()
	now := time.Now()
	for _, each := range []struct {
		stamp imageStamp
		want  error
	}{
		{imageStamp{now, 2}, nil},
		{imageStamp{now.Add(time.Second), 1}, errOvertaken},
		{imageStamp{now.Add(time.Hour), 2}, errOvertaken},
		{imageStamp{now.Add(-time.Hour), 3}, nil},
	} {
		err := camera.raw.publishCounted(img, each.stamp)
		if err != each.want {
			t.Errorf("image %d: %v, want %v", each.stamp.number, err, each.want)
		}
		if err != nil {
			camera.meter.addRefused(err)
		}
	}
	camera.meter.mu.Lock()
	defer camera.meter.mu.Unlock()
	if m := &camera.meter; m.latencies.Count() != 2 || m.drops != 0 || m.overtaken != 2 {
		t.Errorf("%d are counted as published, %d as dropped, %d as overtaken; want 2, none and 2", m.latencies.Count(), m.drops, m.overtaken)
	}
}
