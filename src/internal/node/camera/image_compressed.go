package camera

import (
	"sync/atomic"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// compressedImages is ~/image_raw/compressed. The camera's own JPEG goes out
// untouched, every one that is whole, on the source's goroutine; other images are
// compressed on another goroutine.
type compressedImages struct {
	imageTopic
	encoder imaging.Encoder
	file    media.Image  // the encoded image; run's goroutine uses it
	own     media.Image  // the camera's own file; the source's goroutine uses it
	grey    bool         // the camera's own file has no colour; likewise
	quality atomic.Int64 // 1 to 100
}

// newCompressedImages returns the topic that lies below raw, as a subscriber of
// image_transport expects it.
func newCompressedImages(meter *meter, raw *node.Topic) *compressedImages {
	c := &compressedImages{imageTopic: newImageTopic(node.Topic{Below: raw, Name: "compressed", Depth: node.ImageDepth}, meter)}
	c.work = c.encode
	return c
}

func (c *compressedImages) send(img *media.Image, stamp imageStamp) error {
	if img.Encoding != media.JPEG {
		return c.putCopy(img, stamp)
	}
	c.own = *img
	c.own.Encoding = jpegFormat(media.JPEG, c.grey)
	err := c.publisher.publishImage(&c.own, stamp)
	if err == nil {
		c.meter.addPublished(clock.Monotonic() - img.Stamp)
	}
	return err
}

// encode compresses an image and publishes it.
func (c *compressedImages) encode(f *frame) (err error) {
	c.file = f.Image
	if c.file.Data, err = c.encoder.Encode(&f.Image, int(c.quality.Load())); err != nil {
		return err
	}
	c.file.Encoding = jpegFormat(f.Encoding, imaging.Grey(f.Encoding))
	return c.publisher.publishImage(&c.file, f.stamp)
}

// jpegFormat returns the format of a sensor_msgs/CompressedImage as
// compressed_image_transport writes it: the encoding of the raw image, into which
// it is to be decoded, and the encoding that was compressed, which is BGR for
// OpenCV. Raw 4:2:2 is to be decoded to bgr8: a decoded JPEG cannot have its name.
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
	c.imageTopic.close()
	c.encoder.Close()
}
