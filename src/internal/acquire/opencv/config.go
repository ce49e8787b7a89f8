package opencv

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/media"
)

// Kind is the kind of [Config.Device].
type Kind int

const (
	// Device is a V4L2 device, captured by OpenCV's V4L2 back-end.
	Device Kind = iota

	// Pipeline is a GStreamer pipeline that ends in an appsink.
	Pipeline

	// File is a file or a URL, read by OpenCV's FFmpeg back-end.
	File
)

// Encodings lists the pixel formats of each kind in the words of
// [media.VideoFormat].
var Encodings = map[Kind][]string{
	Device:   {"bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy"},
	Pipeline: {"bgr8", "rgb8", "mono8"},
	File:     {"bgr8", "rgb8", "mono8", media.JPEG},
}

// KindOf tells a pipeline from a device in the video_device of source opencv: a pipeline
// has several elements, as in "videotestsrc ! appsink".
func KindOf(device string) Kind {
	if strings.Contains(device, "!") {
		return Pipeline
	}
	return Device
}

// Config describes a file, a pipeline or a device.
type Config struct {
	Kind Kind

	// Device is a path or a URL, a pipeline, or the name of a V4L2 device as Resolve
	// understands it.
	Device string

	// Resolve returns the node of a V4L2 device. The kind Device needs it.
	Resolve func(name string) (path string, err error)

	// Padding returns the bytes behind the pixels of each row, as the driver of a V4L2
	// device is set now. The kind Device needs it.
	Padding func(path string) (bytes int, err error)

	// Locate checks the Device of the kind File at each opening, and returns the file
	// without links, or the URL, that is to be opened. It may be nil.
	Locate func(name string) (string, error)

	// Width and Height ask a V4L2 device for a size [pixels]; Open fails if it has another
	// one. Both 0 take OpenCV's default. All other inputs have their own.
	Width, Height int

	// FrameRate asks a V4L2 device for a rate [images/s]; OpenCV rounds it to a whole
	// number. 0 takes the device's own.
	FrameRate float64

	// PixelFormat is one of Encodings. yuv422_yuy2 and uyvy are the device's own data:
	// OpenCV's conversion to RGB is off.
	PixelFormat string

	// Loop starts a File again at its end.
	Loop bool

	// Owner names this source, as in "node /left", to other sources of the process that
	// want the same V4L2 device or play the same film.
	Owner string

	// Film names a File to all sources of the process that play it, which Timelines keep
	// in step. Both are empty for a file that is played by itself.
	Film      string
	Timelines *timing.Timelines

	// Notice is called once for each remark for people that is no error, on the goroutine
	// that is in Open or Run. It may be nil.
	Notice func(string)
}

// validate checks the configuration. Its errors name the camera's parameters.
func (c Config) validate() error {
	encodings, ok := Encodings[c.Kind]
	switch {
	case !ok:
		return fmt.Errorf("opencv: unknown kind %d", c.Kind)
	case c.Device == "":
		return errors.New("opencv: video_device is empty, must be an index, a path, a name, a URL or a GStreamer pipeline")
	case !slices.Contains(encodings, c.PixelFormat):
		return fmt.Errorf("opencv: pixel_format is %s, must be one of %s for such a source: %w",
			strconv.Quote(media.PixelFormat(c.PixelFormat)), media.PixelFormat(strings.Join(encodings, ", ")), media.ErrUnsupported)
	case c.Kind == Pipeline && !strings.Contains(c.Device, "appsink"):
		return fmt.Errorf(`opencv: video_device is a GStreamer pipeline without an appsink, which hands images to OpenCV: let it end in "! videoconvert ! appsink": %w`, media.ErrUnsupported)
	}
	return nil
}
