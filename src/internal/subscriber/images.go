package subscriber

import (
	"context"
	"time"

	"av_capture/src/internal/media"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"
)

// imageDepth is the number of images that wait for a listener that is slow: a second's, and at
// most 190 MB of 1920x1080.
const imageDepth = 30

// Image is the image of a message as it is there: nothing of it is checked.
type Image struct {
	Stamp time.Duration // since ROS's epoch

	// Image lacks its stamp on CLOCK_MONOTONIC. Its memory is Go's, and its own. On a
	// compressed topic its Encoding is [media.JPEG], whatever it is.
	media.Image
}

// ListenImages is [Node.Listen] for the topic of images, of which it keeps the newest ones
// where seen is slow. It may run beside Listen, on another goroutine.
func (n *Node) ListenImages(ctx context.Context, seen func(*Image) error) error {
	s := &subscriber{node: n, topic: n.images, depth: imageDepth, filter: new(publisherFilter)}
	if n.images.kind == compressedType {
		s.subscribe = subscribing(n, n.images, sensor_msgs_msg.CompressedImageTypeSupport, func(m *sensor_msgs_msg.CompressedImage) (func() error, error) {
			return func() error {
				return seen(&Image{stampOf(&m.Header), media.Image{Data: m.Data, Encoding: media.JPEG}})
			}, nil
		})
	} else {
		s.subscribe = subscribing(n, n.images, sensor_msgs_msg.ImageTypeSupport, func(m *sensor_msgs_msg.Image) (func() error, error) {
			img := media.Image{Data: m.Data, Width: int(m.Width), Height: int(m.Height), Step: int(m.Step), Encoding: m.Encoding}
			return func() error { return seen(&Image{stampOf(&m.Header), img}) }, nil
		})
	}
	return s.listen(ctx)
}
