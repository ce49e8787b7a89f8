package subscriber

import (
	"testing"

	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
)

func TestImagesThatWaitAreBoundedInBytes(t *testing.T) {
	for size, want := range map[int]int{
		0: 30, 640 * 480: 30, 1920 * 1080 * 3: 30, 3840 * 2160 * 3: 8, 7680 * 4320 * 3: 2, 1 << 31: 2,
	} {
		if got := depthOf(size); got != want {
			t.Errorf("%d images of %d bytes wait, want %d", got, size, want)
		}
	}
}

func TestSubscriptionIsMadeAnewWithTheFirstImageThatIsLarge(t *testing.T) {
	s := &subscriber{depth: imageDepth}
	for i, c := range []struct {
		size  int
		again bool
		depth int
	}{{1000, false, 30}, {20_000_000, true, 10}, {20_000_000, false, 10}, {1000, false, 10}, {50_000_000, true, 4}} {
		s.largest = max(s.largest, c.size)
		if again := s.adaptDepth(); again != c.again || s.depth != c.depth {
			t.Errorf("%d: again %t with %d images, want %t with %d", i, again, s.depth, c.again, c.depth)
		}
	}
	if s := (&subscriber{largest: 1 << 30}); s.adaptDepth() || s.depth != 0 {
		t.Errorf("a subscription that keeps all keeps %d", s.depth)
	}
}

func TestBigEndianValuesOfSeveralBytesAreReversed(t *testing.T) {
	for encoding, want := range map[string]bool{
		"mono16": true, "16UC1": true, "32FC1": true, "64FC1": true, "bayer_rggb16": true, "rgb16": true,
		"mono8": false, "8UC3": false, "bgr8": false, "yuv422_yuy2": false, "nv21": false,
	} {
		m := &sensor_msgs_msg.Image{Encoding: encoding, IsBigendian: 1}
		if reversed(m) != want {
			t.Errorf("%s: reversed %t, want %t", encoding, !want, want)
		}
		if m.IsBigendian = 0; reversed(m) {
			t.Errorf("%s is reversed without is_bigendian", encoding)
		}
	}
}
