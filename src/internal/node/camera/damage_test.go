package camera

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"av_capture/src/internal/jpeg/jpegtest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node/nodetest"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// arrivals are the stamps of messages, in their order.
type arrivals struct {
	mu     sync.Mutex
	stamps []string
	sizes  []string
}

func (a *arrivals) add(sec int32, nanosec uint32, size string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stamps = append(a.stamps, fmt.Sprintf("%d.%09d", sec, nanosec))
	a.sizes = append(a.sizes, size)
}

func (a *arrivals) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.stamps)
}

// TestDamagedImagesAreCountedAndGoOutOnNoTopic: a camera sends whole JPEGs and, in
// between, some that cables and hubs have damaged.
func TestDamagedImagesAreCountedAndGoOutOnNoTopic(t *testing.T) {
	camera, emit := newStillCamera(t)
	listener, err := nodetest.NewContext(t).NewNode("listener", "")
	if err != nil {
		t.Fatal(err)
	}
	var raw, compressed, info arrivals
	sub, err := sensor_msgs_msg.NewImageSubscription(listener, "/camera/image_raw", nil,
		func(m *sensor_msgs_msg.Image, _ *rclgo.MessageInfo, _ error) {
			raw.add(m.Header.Stamp.Sec, m.Header.Stamp.Nanosec, fmt.Sprintf("%dx%d", m.Width, m.Height))
		})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewCompressedImageSubscription(listener, "/camera/image_raw/compressed", nil,
		func(m *sensor_msgs_msg.CompressedImage, _ *rclgo.MessageInfo, _ error) {
			end := m.Data[len(m.Data)-2:]
			compressed.add(m.Header.Stamp.Sec, m.Header.Stamp.Nanosec, fmt.Sprintf("%x", end))
		}); err != nil {
		t.Fatal(err)
	}
	if _, err := sensor_msgs_msg.NewCameraInfoSubscription(listener, "/camera/camera_info", nil,
		func(m *sensor_msgs_msg.CameraInfo, _ *rclgo.MessageInfo, _ error) {
			info.add(m.Header.Stamp.Sec, m.Header.Stamp.Nanosec, fmt.Sprintf("%dx%d", m.Width, m.Height))
		}); err != nil {
		t.Fatal(err)
	}
	nodetest.Background(t, listener.Spin)
	matched(t, camera, sub)
	nodetest.Eventually(t, "all topics to be wanted", func() bool { return camera.compressed.wanted() && camera.info.publisher.Wanted() })

	small := jpegtest.Encode(jpegtest.Options{Width: 64, Height: 48})
	large := jpegtest.Encode(jpegtest.Options{Width: 128, Height: 48})
	hole := append([]byte{}, large...)
	clear(hole[len(hole)/2:][:len(hole)/4])
	sent := []struct {
		data   []byte
		damage error
		want   string // size of the image; empty where none may come
	}{
		{small, nil, "64x48"},
		{small[:len(small)/2], nil, ""},
		{append(append([]byte{}, large...), make([]byte, 777)...), nil, "128x48"},
		{nil, nil, ""},
		{[]byte("what a hub makes of it"), nil, ""},
		{large, nil, "128x48"},
		{hole, nil, ""},
		{nil, fmt.Errorf("the driver marks it as damaged: %w", media.ErrDamaged), ""},
		{jpegtest.Encode(jpegtest.Options{Width: 64, Height: 48, NoTables: true}), nil, "64x48"},
	}
	var want []string
	damaged := 0
	img := media.Image{Encoding: media.JPEG}
	for _, s := range sent {
		img.Data, img.Damage = s.data, s.damage
		if len(s.data) > 0 {
			var pinner runtime.Pinner
			pinner.Pin(&s.data[0])
			t.Cleanup(pinner.Unpin)
		}
		nodetest.Next(&img)
		emit(&img)
		if s.want == "" {
			damaged++
			continue
		}
		want = append(want, s.want)
		nodetest.Eventually(t, "the image to arrive", func() bool {
			return raw.count() == len(want) && compressed.count() == len(want) && info.count() == len(want)
		})
	}
	for topic, got := range map[string][]string{"image_raw": raw.sizes, "camera_info": info.sizes} {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", topic, got, want)
		}
	}
	if fmt.Sprint(raw.stamps) != fmt.Sprint(compressed.stamps) || fmt.Sprint(raw.stamps) != fmt.Sprint(info.stamps) {
		t.Errorf("stamps differ: image_raw %v, compressed %v, camera_info %v", raw.stamps, compressed.stamps, info.stamps)
	}
	for i, end := range compressed.sizes {
		if end != "ffd9" {
			t.Errorf("compressed image %d ends with %s", i, end)
		}
	}
	camera.meter.mu.Lock()
	defer camera.meter.mu.Unlock()
	if m := &camera.meter; m.damagedTotal != uint64(damaged) || m.captured != uint64(len(want)) || m.drops != 0 {
		t.Errorf("damaged %d, captured %d, drops %d, want %d, %d and 0", m.damagedTotal, m.captured, m.drops, damaged, len(want))
	}
}

func TestDamageThatSeveralTopicsSeeCountsOnce(t *testing.T) {
	var m meter
	for _, place := range []uint64{5, 6, 5, 6, 7, 7, 9, 8, 9, 8} {
		m.addUndecodable(media.ErrDamaged, place)
	}
	if m.damagedTotal != 5 {
		t.Errorf("%d damaged images, want those of the places 5 to 9", m.damagedTotal)
	}
}
