package imaging

import "av_capture/src/internal/media"

// Luma converts images to mono8. The zero Luma is ready; Close frees its memory.
type Luma struct {
	converter *Converter // nil before it is needed
}

// Convert makes p the luma of img, mono8 of the same size: the captured Y of packed 4:2:2,
// a copy of mono8, and all else as a [Converter] computes it, with its errors.
func (l *Luma) Convert(p *OwnedImage, img *media.Image) error {
	switch {
	case Packed(img.Encoding):
		return p.packedLuma(img)
	case img.Encoding == "mono8":
		return p.Copy(img)
	}
	if l.converter == nil {
		l.converter = NewConverter("mono8")
	}
	return l.converter.into(p, img)
}

// lumaOf returns where the lumas of an encoding lie in a row [bytes]: the first one, and how far
// apart they are. It reports false for what is no YUV. Planes of luma come first.
func lumaOf(encoding string) (offset, stride int, ok bool) {
	switch encoding {
	case yuyv, "YVYU":
		return 0, 2, true
	case uyvy, "VYUY":
		return 1, 2, true
	case "NV12", "nv21", "YU12", "YV12", "422P":
		return 0, 1, true
	}
	return 0, 0, false
}

// Close frees the memory. The Luma can be used again.
func (l *Luma) Close() {
	if l.converter != nil {
		l.converter.Close()
	}
}
