package subscriber

import (
	"context"
	"fmt"
	"strings"
	"time"

	"av_capture/src/internal/media"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
)

// Images wait for a listener that is slow: a second's, unless they are so large that fewer
// have waitingBytes. At least leastDepth wait, however large they are.
const (
	imageDepth   = 30
	leastDepth   = 2
	waitingBytes = 200_000_000
)

// depthOf returns the number of images that wait, of this many bytes each.
func depthOf(size int) int {
	return min(imageDepth, max(leastDepth, waitingBytes/max(1, size)))
}

// Image is the image of a message as it is there. Nothing of it is checked, but that values of
// several bytes are little-endian.
type Image struct {
	Stamp time.Duration // since ROS's epoch

	// Image lacks its stamp on CLOCK_MONOTONIC. Its memory is Go's, and its own. On a
	// compressed topic its Encoding is [media.JPEG], whatever it is.
	media.Image
}

// ListenImages is [Node.Listen] for the topic of images, of which it keeps the newest ones
// where seen is slow. It may run beside Listen, on another goroutine.
func (n *Node) ListenImages(ctx context.Context, seen func(*Image) error) error {
	return n.listenImages(ctx, &subscriber{topic: n.Images, depth: imageDepth}, seen)
}

// ListenAllImages is [Node.ListenImages] for a given topic, of which it keeps every image: for
// a listener that is never slow.
func (n *Base) ListenAllImages(ctx context.Context, topic *Topic, seen func(*Image) error) error {
	return n.listenImages(ctx, &subscriber{topic: topic}, seen)
}

func (n *Base) listenImages(ctx context.Context, s *subscriber, seen func(*Image) error) error {
	s.node, s.filter = n, new(PublisherFilter)
	if s.topic.kind == CompressedType {
		s.subscribe = subscribing(n, s.topic, sensor_msgs_msg.CompressedImageTypeSupport, func(m *sensor_msgs_msg.CompressedImage) (func() error, error) {
			s.largest = max(s.largest, len(m.Data))
			return func() error {
				return seen(&Image{stampOf(&m.Header), media.Image{Data: m.Data, Encoding: media.JPEG}})
			}, nil
		})
	} else {
		s.subscribe = subscribing(n, s.topic, sensor_msgs_msg.ImageTypeSupport, func(m *sensor_msgs_msg.Image) (func() error, error) {
			s.largest = max(s.largest, len(m.Data))
			if reversed(m) {
				return nil, fmt.Errorf("an image of %.40q has is_bigendian %d: publish it little-endian, or with 8 bits", m.Encoding, m.IsBigendian)
			}
			img := media.Image{Data: m.Data, Width: int(m.Width), Height: int(m.Height), Step: int(m.Step), Encoding: m.Encoding}
			return func() error { return seen(&Image{stampOf(&m.Header), img}) }, nil
		})
	}
	return s.listen(ctx)
}

// reversed reports whether values of an image have several bytes, the most significant first.
// Of 8 bits, is_bigendian means nothing.
func reversed(m *sensor_msgs_msg.Image) bool {
	for _, bits := range []string{"16", "32", "64"} { // mono16, bayer_rggb16, 16UC1, 32FC1, …
		if m.IsBigendian != 0 && strings.Contains(m.Encoding, bits) {
			return true
		}
	}
	return false
}
