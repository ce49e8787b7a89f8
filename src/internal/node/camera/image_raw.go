package camera

import (
	"av_capture/src/internal/clock"
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// rawImages is ~/image_raw. Images go out as captured, on the source's goroutine and
// without a copy of our own; those that the camera has compressed are decoded on
// another goroutine.
type rawImages struct {
	imageTopic
	decoder jpeg.Decoder
}

func newRawImages(meter *meter) *rawImages {
	r := &rawImages{imageTopic: newImageTopic(node.Topic{Name: "~/image_raw", Depth: node.ImageDepth}, meter)}
	r.work = r.decode
	return r
}

func (r *rawImages) send(img *media.Image, stamp imageStamp) error {
	if img.Encoding == media.JPEG {
		return r.putCopy(img, stamp)
	}
	return r.publishCounted(img, stamp)
}

// decode publishes an image that the camera has compressed, if it is whole.
func (r *rawImages) decode(f *frame) error {
	img, err := r.decoder.Decode(&f.Image, "bgr8")
	if err != nil {
		return err
	}
	return r.publishCounted(img, f.stamp)
}

// publishCounted publishes an image and counts its latency.
func (r *rawImages) publishCounted(img *media.Image, stamp imageStamp) error {
	err := r.publisher.publishImage(img, stamp)
	if err == nil {
		r.meter.addPublished(clock.Monotonic() - img.Stamp)
	}
	return err
}

func (r *rawImages) close() {
	r.imageTopic.close()
	r.decoder.Close()
}
