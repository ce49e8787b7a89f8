package imaging

import (
	"fmt"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// Encoder compresses images to JPEG. The zero Encoder is ready; Close frees its memory.
type Encoder struct {
	from   matView
	grey   *Converter // for encodings without colour; nil before the first image
	colour *Converter // for the others
	buffer *gocv.NativeByteBuffer
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
// three. quality is 1 to 100, the best. The file lies in OpenCV's memory and is valid
// until the next call. It fails for encodings that a [Converter] cannot convert.
//
// gocv allocates some small objects on Go's heap for each image.
func (e *Encoder) Encode(img *media.Image, quality int) ([]byte, error) {
	if e.colour == nil {
		e.grey, e.colour = NewConverter("mono8"), NewConverter("bgr8")
	}
	convert := e.colour.Convert
	if Grey(img.Encoding) {
		convert = e.grey.Convert
	}
	made, err := convert(img)
	if err != nil {
		return nil, err
	}
	from, err := e.from.of(made)
	if err != nil {
		return nil, err
	}
	e.free()
	e.buffer, err = gocv.IMEncodeWithParams(gocv.JPEGFileExt, from, []int{gocv.IMWriteJpegQuality, quality})
	if err != nil {
		return nil, fmt.Errorf("imaging: JPEG of an image of encoding %q: %w", img.Encoding, err)
	}
	file := e.buffer.GetBytes()
	if len(file) == 0 {
		return nil, fmt.Errorf("imaging: OpenCV has made no JPEG of an image of %dx%d, %s", img.Width, img.Height, img.Encoding)
	}
	return file, nil
}

// free frees the last file.
func (e *Encoder) free() {
	if e.buffer != nil {
		e.buffer.Close()
		e.buffer = nil
	}
}

// Close frees the memory. The Encoder can be used again.
func (e *Encoder) Close() {
	e.from.close()
	e.free()
	if e.colour != nil {
		e.grey.Close()
		e.colour.Close()
	}
	*e = Encoder{}
}
