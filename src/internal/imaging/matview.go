package imaging

import (
	"fmt"
	"image"
	"unsafe"

	"gocv.io/x/gocv"

	"av_capture/src/internal/media"
)

// Encodings of raw 4:2:2 images (sensor_msgs/image_encodings.hpp).
const (
	yuyv = "yuv422_yuy2" // Y0 U Y1 V
	uyvy = "uyvy"        // U Y0 V Y1
)

// matrixTypes are the types of OpenCV's matrices, by encoding. Encodings are named by
// sensor_msgs, else by V4L2, else by the order of the bytes in memory.
var matrixTypes = map[string]gocv.MatType{
	"bgr8":        gocv.MatTypeCV8UC3,
	"rgb8":        gocv.MatTypeCV8UC3,
	"mono8":       gocv.MatTypeCV8UC1,
	"mono16":      gocv.MatTypeCV16UC1,
	"Y10":         gocv.MatTypeCV16UC1,
	"Y12":         gocv.MatTypeCV16UC1,
	"bayer_rggb8": gocv.MatTypeCV8UC1,
	"bayer_bggr8": gocv.MatTypeCV8UC1,
	"bayer_gbrg8": gocv.MatTypeCV8UC1,
	"bayer_grbg8": gocv.MatTypeCV8UC1,
	yuyv:          gocv.MatTypeCV8UC2,
	uyvy:          gocv.MatTypeCV8UC2,
	"YVYU":        gocv.MatTypeCV8UC2,
	"VYUY":        gocv.MatTypeCV8UC2,
	"RGBP":        gocv.MatTypeCV8UC2,
	"BGRX":        gocv.MatTypeCV8UC4,
	"RGBX":        gocv.MatTypeCV8UC4,
	"XRGB":        gocv.MatTypeCV8UC4,
	"XBGR":        gocv.MatTypeCV8UC4,
	"NV12":        gocv.MatTypeCV8UC1,
	"nv21":        gocv.MatTypeCV8UC1,
	"YU12":        gocv.MatTypeCV8UC1,
	"YV12":        gocv.MatTypeCV8UC1,
}

// subsampled reports whether an encoding is planar 4:2:0: its chroma follows the luma, so
// that the matrix has one and a half times the image's rows.
func subsampled(encoding string) bool {
	switch encoding {
	case "NV12", "nv21", "YU12", "YV12":
		return true
	}
	return false
}

// rowsOf returns the rows of an image's matrix.
func rowsOf(img *media.Image) int {
	if subsampled(img.Encoding) {
		return img.Height + (img.Height+1)/2
	}
	return img.Height
}

// Packed reports whether an encoding is packed 4:2:2 (YUYV or UYVY).
func Packed(encoding string) bool { return encoding == yuyv || encoding == uyvy }

// matView provides images as OpenCV's matrices, without a copy. It caches the matrices of
// the last images, each of which is a C++ object: a driver reuses its buffers.
type matView struct {
	entries []matViewEntry
	next    int // the entry to be replaced
}

// matViewEntry is a matrix and the image that its data belongs to.
type matViewEntry struct {
	matrix gocv.Mat
	image  media.Image
}

// maxEntries is more than the number of buffers that a driver is asked for.
const maxEntries = 32

// of returns a matrix with the image's data and step. It is valid as long as the data is,
// and belongs to the view, which closes it.
func (v *matView) of(img *media.Image) (gocv.Mat, error) {
	for i := range v.entries {
		known := &v.entries[i].image
		if unsafe.SliceData(known.Data) == unsafe.SliceData(img.Data) && len(known.Data) == len(img.Data) &&
			known.Width == img.Width && known.Height == img.Height && known.Step == img.Step && known.Encoding == img.Encoding {
			return v.entries[i].matrix, nil
		}
	}
	kind, ok := matrixTypes[img.Encoding]
	if !ok {
		return gocv.Mat{}, fmt.Errorf("imaging: no operations on images of encoding %q", img.Encoding)
	}
	matrix, err := header(img, kind)
	if err != nil {
		return gocv.Mat{}, err
	}
	entry := matViewEntry{matrix, *img}
	if len(v.entries) < maxEntries {
		v.entries = append(v.entries, entry)
		return matrix, nil
	}
	v.entries[v.next].matrix.Close() // always nil
	v.entries[v.next] = entry
	v.next = (v.next + 1) % maxEntries
	return matrix, nil
}

// header makes a matrix of a type on an image's rows. gocv cannot make one with a step:
// it is a region of a matrix that is as wide as the step.
func header(img *media.Image, kind gocv.MatType) (gocv.Mat, error) {
	rows, row := rowsOf(img), img.Width*pixelSize(kind)
	if row <= 0 || rows <= 0 || img.Step < row || len(img.Data) < (rows-1)*img.Step+row {
		return gocv.Mat{}, errTooShort(img)
	}
	if img.Step == row {
		matrix, err := gocv.NewMatFromBytes(rows, img.Width, kind, img.Data)
		if err != nil {
			return gocv.Mat{}, fmt.Errorf("imaging: %w", err)
		}
		return matrix, nil
	}
	depth, unit := kind&7, pixelSize(kind)/channels(kind)
	if img.Step%unit != 0 {
		return gocv.Mat{}, fmt.Errorf("imaging: a step of %d bytes is no multiple of the %d bytes of a value", img.Step, unit)
	}
	whole, err := gocv.NewMatFromBytes(rows, img.Step/unit, depth, img.Data)
	if err != nil {
		return gocv.Mat{}, fmt.Errorf("imaging: %w", err)
	}
	defer whole.Close() // always nil
	region := whole.Region(image.Rect(0, 0, row/unit, rows))
	if channels(kind) == 1 {
		return region, nil
	}
	defer region.Close() // always nil
	return region.Reshape(channels(kind), 0), nil
}

// errTooShort returns the error of an image whose data does not fit its size.
func errTooShort(img *media.Image) error {
	return fmt.Errorf("imaging: %d bytes in rows of %d do not hold an image of %dx%d, %s", len(img.Data), img.Step, img.Width, img.Height, img.Encoding)
}

// close frees the matrices. The view can be used again.
func (v *matView) close() {
	for i := range v.entries {
		v.entries[i].matrix.Close() // always nil
	}
	*v = matView{}
}

// channels returns the number of values of a pixel.
func channels(kind gocv.MatType) int { return int(kind>>3) + 1 }

// pixelSize returns the bytes of a pixel.
func pixelSize(kind gocv.MatType) int {
	if kind&7 == gocv.MatTypeCV16U {
		return 2 * channels(kind)
	}
	return channels(kind)
}
