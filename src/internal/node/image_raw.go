package node

import (
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
)

// rawImages is ~/image_raw: images as captured, on the source's goroutine and
// without a copy of our own; or, decoded elsewhere, those that the camera has
// compressed.
type rawImages struct {
	outlet
	worker
	decoder imaging.Decoder
}

func newRawImages(meter *videoMeter) *rawImages {
	r := &rawImages{outlet: outlet{topic: topic{name: "~/image_raw", depth: imageDepth}}}
	r.worker = newWorker(meter, r.decode)
	return r
}

func (r *rawImages) send(img *acquire.Image, stamp time.Time) error {
	if img.Encoding == acquire.JPEG {
		return r.copyOf(img, stamp)
	}
	return r.show(img, stamp)
}

// decode publishes an image that the camera has compressed.
func (r *rawImages) decode(s *still) error {
	img, err := r.decoder.Decode(&s.Image, "bgr8")
	if err != nil {
		return err
	}
	return r.show(img, s.stamp)
}

func (r *rawImages) show(img *acquire.Image, stamp time.Time) error {
	err := r.publish(img, stamp)
	if err == nil {
		r.meter.published(acquire.Monotonic() - img.Stamp)
	}
	return err
}

func (r *rawImages) close() {
	r.outlet.close()
	r.worker.close()
	r.decoder.Close()
}
