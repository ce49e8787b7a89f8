package node

import (
	"fmt"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/imaging"
)

// imagePlanes is ~/planes: raw 4:2:2 taken apart. The pass over the image that
// does it writes to where the image is put aside.
type imagePlanes struct {
	outlet
	worker
	warn func(text string)
	said string // the encoding that has been complained about
}

func newImagePlanes(meter *videoMeter, warn func(text string)) *imagePlanes {
	p := &imagePlanes{outlet: outlet{topic: topic{name: "~/planes", depth: imageDepth}}, warn: warn}
	p.worker = newWorker(meter, func(s *still) error { return p.publish(&s.Image, s.stamp) })
	return p
}

func (p *imagePlanes) send(img *acquire.Image, stamp time.Time) error {
	if !imaging.Packed(img.Encoding) {
		if p.said != img.Encoding && p.warn != nil {
			p.warn(fmt.Sprintf("~/planes stays silent: images of pixel_format %s have no planes, set pixel_format to yuv422_yuy2 or uyvy", pixelFormatOf(img.Encoding)))
		}
		p.said = img.Encoding
		return nil
	}
	s := p.blank()
	return p.hand(s, stamp, s.Planes(img))
}

func (p *imagePlanes) close() {
	p.outlet.close()
	p.worker.close()
}
