package imaging

import (
	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
)

// Encoder compresses images to JPEG. The zero Encoder is ready; Close frees its memory.
type Encoder struct {
	file   jpeg.Encoder
	grey   *Converter // for encodings without colour; nil before the first image
	colour *Converter // for the others
}

// Grey reports whether images of an encoding have no colour.
func Grey(encoding string) bool {
	switch encoding {
	case "mono8", "mono16", "Y12", "Y10":
		return true
	}
	return false
}

// Encode returns the image as a JPEG file, with one component where [Grey] is true, else
// three. quality is 1 to 100, the best. The file lies in C's memory and is valid until the
// next call. It fails for encodings that a [Converter] cannot convert.
func (e *Encoder) Encode(img *media.Image, quality int) ([]byte, error) {
	if e.colour == nil {
		e.grey, e.colour = NewConverter("mono8"), NewConverter("bgr8")
	}
	convert := e.colour.Convert
	switch {
	case Grey(img.Encoding):
		convert = e.grey.Convert
	case img.Encoding == "rgb8": // which libjpeg takes as well
		return e.file.Encode(img, quality)
	}
	made, err := convert(img)
	if err != nil {
		return nil, err
	}
	return e.file.Encode(made, quality)
}

// Close frees the memory. The Encoder can be used again.
func (e *Encoder) Close() {
	e.file.Close()
	if e.colour != nil {
		e.grey.Close()
		e.colour.Close()
	}
	*e = Encoder{}
}
