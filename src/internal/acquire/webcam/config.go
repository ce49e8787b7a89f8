package webcam

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/acquire"
)

// Kind says what [Config.Device] names.
type Kind int

const (
	// V4L2 is a camera, captured by OpenCV's V4L2 back-end.
	V4L2 Kind = iota

	// File is a file or a URL, read by whichever back-end of OpenCV can.
	File
)

// Encodings lists the pixel formats of a [Source] in the words of
// [acquire.VideoFormat]. A File has no yuv422_yuy2 and no uyvy.
var Encodings = []string{"bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy", acquire.JPEG}

// Bounds of [Config].
const (
	MaxSide      = 32767 // [pixels] of width and height
	MinFrameRate = 0.1   // [images/s]
	MaxFrameRate = 1000  // [images/s]
)

// Config says what to capture.
type Config struct {
	Kind Kind

	// Device names what is captured. For V4L2: an index as in "0", a path as
	// in "/dev/video0", a link as in "/dev/v4l/by-id/…" or its last part, the
	// card's name, USB vendor and product as in "046d:085c", or a part of these
	// that fits one device only. For File: a path or a URL.
	Device string

	// Width and Height ask a V4L2 device for a size [pixels]; it is an error
	// if the device has another one only. Both 0 take OpenCV's default, as
	// the device rounds it. A File has the size that it has.
	Width, Height int

	// FrameRate asks a V4L2 device for a rate [images/s], as in 29.97 or 7.5.
	// Of a device that has higher rates only images are dropped, evenly; a
	// device that has lower ones only gives its highest, which Open returns. 0
	// takes the device's own. A File is played at its own rate.
	FrameRate float64

	// PixelFormat is one of Encodings. Images are converted to it where the
	// device does not give it, but for those that are the device's own data:
	// yuv422_yuy2, uyvy and acquire.JPEG.
	PixelFormat string

	// Loop starts a File again at its end.
	Loop bool

	// Owner is what other sources of this process are told that want the same
	// V4L2 device, as in "node /left".
	Owner string

	// Notice is told, once each, about things that people should know and
	// that are no errors. It is called on the goroutine that is in Open or
	// Run. It may be nil.
	Notice func(string)
}

// validate names the field that is wrong as the camera's parameter is called.
func (c Config) validate() error {
	refuse := func(parameter string, got any, want string) error {
		return fmt.Errorf("webcam: %s is %v, must be %s: %w", parameter, got, want, acquire.ErrUnsupported)
	}
	encodings := Encodings
	if c.Kind == File {
		encodings = []string{"bgr8", "rgb8", "mono8", acquire.JPEG}
	}
	switch {
	case c.Kind != V4L2 && c.Kind != File:
		return fmt.Errorf("webcam: unknown kind %d", c.Kind)
	case c.Device == "":
		return errors.New("webcam: video_device is empty, must be an index, a path, a name or a URL")
	case !slices.Contains(encodings, c.PixelFormat):
		return refuse("pixel_format", fmt.Sprintf("%q", word(c.PixelFormat)), "one of "+word(strings.Join(encodings, ", ")))
	case c.Width < 0 || c.Width > MaxSide:
		return refuse("image_width", c.Width, fmt.Sprintf("1 to %d", MaxSide))
	case c.Height < 0 || c.Height > MaxSide:
		return refuse("image_height", c.Height, fmt.Sprintf("1 to %d", MaxSide))
	case (c.Width == 0) != (c.Height == 0):
		return refuse("image_width x image_height", fmt.Sprintf("%dx%d", c.Width, c.Height), "a size, or 0x0 for the device's own")
	// A comparison with NaN is false.
	case c.FrameRate != 0 && !(c.FrameRate >= MinFrameRate && c.FrameRate <= MaxFrameRate):
		return refuse("framerate", c.FrameRate, fmt.Sprintf("%v to %v", MinFrameRate, MaxFrameRate))
	}
	return nil
}

// word replaces acquire.JPEG in a text by the camera's parameter for it.
func word(encodings string) string {
	return strings.Replace(encodings, acquire.JPEG, "mjpeg", 1)
}
