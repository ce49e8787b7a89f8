package imaging

import (
	"fmt"
	"unsafe"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// Encodings of raw 4:2:2 images, as package acquire's sources name them.
const (
	yuyv = "yuv422_yuy2" // Y0 U Y1 V
	uyvy = "uyvy"        // U Y0 V Y1
)

// matrixTypes are the encodings that OpenCV has operations for.
var matrixTypes = map[string]gocv.MatType{
	"bgr8":  gocv.MatTypeCV8UC3,
	"rgb8":  gocv.MatTypeCV8UC3,
	"mono8": gocv.MatTypeCV8UC1,
	yuyv:    gocv.MatTypeCV8UC2,
	uyvy:    gocv.MatTypeCV8UC2,
}

// Packed says whether an encoding is raw 4:2:2.
func Packed(encoding string) bool { return encoding == yuyv || encoding == uyvy }

// view is an image as OpenCV sees it, without a copy. It makes a new matrix
// only when the image is somewhere else or another than before, since each is a
// C++ object.
type view struct {
	matrix gocv.Mat
	of     acquire.Image // what matrix points at
	made   bool
}

// look returns a matrix with the image's data. It is valid as long as the data
// is, and belongs to the view.
func (v *view) look(img *acquire.Image) (gocv.Mat, error) {
	kind, ok := matrixTypes[img.Encoding]
	switch {
	case !ok:
		return gocv.Mat{}, fmt.Errorf("imaging: no operations on images of encoding %q", img.Encoding)
	case v.made && unsafe.SliceData(v.of.Data) == unsafe.SliceData(img.Data) && len(v.of.Data) == len(img.Data) &&
		v.of.Width == img.Width && v.of.Height == img.Height && v.of.Encoding == img.Encoding:
		return v.matrix, nil
	}
	if row := img.Width * channels(kind); row == 0 || img.Step != row || len(img.Data) != row*img.Height {
		return gocv.Mat{}, fmt.Errorf("imaging: %d bytes in rows of %d are no image of %dx%d, %s", len(img.Data), img.Step, img.Width, img.Height, img.Encoding)
	}
	v.close()
	matrix, err := gocv.NewMatFromBytes(img.Height, img.Width, kind, img.Data)
	if err != nil {
		return gocv.Mat{}, fmt.Errorf("imaging: %w", err)
	}
	v.matrix, v.of, v.made = matrix, *img, true
	return matrix, nil
}

// close lets go of the image. The view can be used again.
func (v *view) close() {
	if v.made {
		v.matrix.Close() // always nil
		v.made, v.of = false, acquire.Image{}
	}
}

// channels returns the bytes of a pixel of a matrix of bytes.
func channels(kind gocv.MatType) int { return int(kind>>3) + 1 }
