package node

import (
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
)

// compressedImages is ~/image_raw/compressed: the camera's own JPEG untouched,
// every one of them, on the source's goroutine; or images that are compressed
// elsewhere.
type compressedImages struct {
	outlet
	worker
	encoder imaging.Encoder
	file    acquire.Image // what is published after encoding; of the worker's goroutine
	own     acquire.Image // the camera's own file; of the source's goroutine
	quality atomic.Int64  // 1 to 100
}

// newCompressedImages returns the output that lies below raw, as a subscriber
// of image_transport expects it.
func newCompressedImages(meter *videoMeter, raw *topic) *compressedImages {
	c := &compressedImages{outlet: outlet{topic: topic{below: raw, name: "compressed", depth: imageDepth}}}
	c.worker = newWorker(meter, c.encode)
	return c
}

func (c *compressedImages) send(img *acquire.Image, stamp time.Time) error {
	if img.Encoding != acquire.JPEG {
		return c.copyOf(img, stamp)
	}
	c.own = *img
	frame, _ := imaging.ReadJPEGFrame(img.Data)
	c.own.Encoding = jpegFormat(acquire.JPEG, frame.Components == 1)
	err := c.publish(&c.own, stamp)
	if err == nil {
		c.meter.published(acquire.Monotonic() - img.Stamp)
	}
	return err
}

// encode compresses an image and publishes it.
func (c *compressedImages) encode(s *still) (err error) {
	c.file = s.Image
	if c.file.Data, err = c.encoder.Encode(&s.Image, int(c.quality.Load())); err != nil {
		return err
	}
	c.file.Encoding = jpegFormat(s.Encoding, s.Encoding == "mono8")
	return c.publish(&c.file, s.stamp)
}

// jpegFormat returns the format of a sensor_msgs/CompressedImage as
// compressed_image_transport writes it: what the image was and shall be again,
// and what was compressed, which for OpenCV is BGR. Raw 4:2:2 shall become
// bgr8, since what a JPEG is decoded to cannot have its name.
func jpegFormat(encoding string, grey bool) string {
	switch {
	case grey:
		return "mono8; jpeg compressed mono8"
	case encoding == "rgb8":
		return "rgb8; jpeg compressed bgr8"
	}
	return "bgr8; jpeg compressed bgr8"
}

func (c *compressedImages) close() {
	c.outlet.close()
	c.worker.close()
	c.encoder.Close()
}
