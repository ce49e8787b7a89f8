package skew

import (
	"fmt"

	"av_capture/src/internal/media"
)

// layout is the place of the light in the bytes of an encoding.
type layout struct {
	pixel int  // [bytes] from pixel to pixel
	first int  // offset of the first byte of light within a pixel
	count int  // bytes of light of a pixel
	wide  bool // values have 16 bits, little-endian, and go with the light
}

// layouts are those of sensor_msgs's encodings, by name. Of planar ones the luma is first.
var layouts = map[string]layout{
	"bgr8": {3, 0, 3, false}, "rgb8": {3, 0, 3, false}, "8UC3": {3, 0, 3, false},
	"bgra8": {4, 0, 3, false}, "rgba8": {4, 0, 3, false},
	"mono8": {1, 0, 1, false}, "8UC1": {1, 0, 1, false},
	"bayer_rggb8": {1, 0, 1, false}, "bayer_bggr8": {1, 0, 1, false},
	"bayer_gbrg8": {1, 0, 1, false}, "bayer_grbg8": {1, 0, 1, false},
	"nv21": {1, 0, 1, false}, "nv24": {1, 0, 1, false},
	"yuv422_yuy2": {2, 0, 1, false}, "yuyv": {2, 0, 1, false},
	"yuv422": {2, 1, 1, false}, "uyvy": {2, 1, 1, false},
	"mono16": {2, 0, 2, true}, "16UC1": {2, 0, 2, true},
}

// layoutOf returns the layout of an image, or an error if it is unknown or the image has too
// few bytes.
func layoutOf(img *media.Image) (layout, error) {
	l, ok := layouts[img.Encoding]
	switch {
	case !ok:
		return l, fmt.Errorf("encoding %.40q of an image is unknown: give the camera pixel_format bgr8, or take its image_raw/compressed", img.Encoding)
	case img.Width < 1 || img.Height < 1 || img.Step/l.pixel < img.Width || len(img.Data)/img.Step < img.Height:
		return l, fmt.Errorf("an image of %dx%d %s with step %d has %d bytes, which do not fit", img.Width, img.Height, img.Encoding, img.Step, len(img.Data))
	}
	return l, nil
}
