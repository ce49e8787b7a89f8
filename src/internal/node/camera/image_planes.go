package camera

import (
	"fmt"

	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
)

// imagePlanes is ~/planes: raw 4:2:2 taken apart, by a pass over the image that
// writes into the mailbox.
type imagePlanes struct {
	imageTopic
	warn           func(text string)
	warnedEncoding string // the last one without planes
}

func newImagePlanes(meter *meter, warn func(text string)) *imagePlanes {
	p := &imagePlanes{imageTopic: newImageTopic(node.Topic{Name: "~/planes", Depth: node.ImageDepth}, meter), warn: warn}
	p.work = func(f *frame) error { return p.publisher.publishImage(&f.Image, f.stamp) }
	return p
}

func (p *imagePlanes) send(img *media.Image, stamp imageStamp) error {
	if !imaging.Packed(img.Encoding) {
		if p.warnedEncoding != img.Encoding && p.warn != nil {
			p.warn("~/planes stays silent: " + planesOf(img.Encoding))
		}
		p.warnedEncoding = img.Encoding
		return nil
	}
	f := p.mailbox.borrow()
	return p.putFilled(f, stamp, f.Planes(img))
}

// planesOf describes the planes of images of an encoding.
func planesOf(encoding string) string {
	switch {
	case encoding == "":
		return "no image yet"
	case imaging.Packed(encoding):
		return "Y, U and V"
	}
	return fmt.Sprintf("images of pixel_format %s have no planes, set pixel_format to yuv422_yuy2 or uyvy", pixelFormatOf(encoding))
}
