package v4l2

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
)

// Encodings lists the pixel formats of a [Source] in the words of [media.VideoFormat]: the
// targets of conversions, and the device's own formats.
var Encodings = encodings()

func encodings() []string {
	all := slices.Clone(media.Converted)
	for _, raw := range RawFormats {
		if !slices.Contains(all, raw.PixelFormat) {
			all = append(all, raw.PixelFormat)
		}
	}
	return all
}

// RawFormat is a format of the device's own data.
type RawFormat struct {
	Code        FourCC
	PixelFormat string // by which it is asked for, one of Encodings
	Encoding    string // of its images; it says more than PixelFormat where that stands for several
	Stream      bool   // it is a video, whose images need those before
}

// RawFormats lists the formats that are not converted.
var RawFormats = rawFormats()

func rawFormats() []RawFormat {
	var all []RawFormat
	for i := range pixelFormats {
		if f := &pixelFormats[i]; f.raw != "" {
			all = append(all, RawFormat{f.code, f.raw, f.encoding, f.stream})
		}
	}
	return all
}

// Bounds of [Config].
const (
	MaxSide      = media.MaxSide      // [pixels] of width and height
	MinFrameRate = media.MinFrameRate // [images/s]
	MaxFrameRate = media.MaxFrameRate // [images/s]
	MinBuffers   = 2
	MaxBuffers   = 32 // VIDEO_MAX_FRAME
)

// Config describes a camera and its images.
type Config struct {
	// Device names the camera: an index as in "0", a path as in "/dev/video0", a link as in
	// "/dev/v4l/by-id/…" or its last part, the card's name, USB vendor and product as in
	// "046d:085c", or a part of these that only one device has.
	Device string

	// Width and Height ask for a size [pixels]; Open fails if the device lacks it. Both 0
	// take the device's size that is nearest to 640x480.
	Width, Height int

	// FrameRate asks for a rate [images/s], as in 29.97 or 7.5. If the device has only
	// higher rates, images are dropped evenly; if it has only lower ones, it gives its
	// highest, which Open returns. 0 takes the device's own.
	FrameRate float64

	// PixelFormat is one of Encodings. Images are converted to those of media.Converted if
	// necessary; the others are the device's own data.
	PixelFormat string

	// Converter converts the device's images to PixelFormat. It may be nil if the device
	// gives PixelFormat. The source closes it.
	Converter acquire.Converter

	// Wanted reports whether anybody wants pixels. Without, images that would have to be
	// converted are described alone: their Data is nil. It may be nil, which means always. Run's
	// goroutine calls it.
	Wanted func() bool

	// Buffers is the number of images that the driver keeps for a late reader, as far as
	// it has memory.
	Buffers int

	// KeyFrame reports whether somebody waits for a key frame of a video stream, for which the
	// camera is then asked, if it can be. It may be nil.
	KeyFrame func() bool

	// Owner names this source, as in "node /left", to other sources of the process that
	// want the same device.
	Owner string

	// Notice is called once for each remark for people that is no error, on the goroutine
	// that is in Open or Run. It may be nil.
	Notice func(string)
}

// validate checks the configuration. Its errors name the camera's parameters.
func (c Config) validate() error {
	refuse := func(parameter string, got any, want string) error {
		return fmt.Errorf("v4l2: %s is %v, must be %s: %w", parameter, got, want, media.ErrUnsupported)
	}
	switch {
	case c.Device == "":
		return errors.New("v4l2: video_device is empty, must be an index, a path or a name")
	case !slices.Contains(Encodings, c.PixelFormat):
		return refuse("pixel_format", fmt.Sprintf("%q", media.PixelFormat(c.PixelFormat)), "one of "+media.PixelFormat(strings.Join(Encodings, ", ")))
	case c.Width < 0 || c.Width > MaxSide:
		return refuse("image_width", c.Width, fmt.Sprintf("1 to %d", MaxSide))
	case c.Height < 0 || c.Height > MaxSide:
		return refuse("image_height", c.Height, fmt.Sprintf("1 to %d", MaxSide))
	case (c.Width == 0) != (c.Height == 0):
		return refuse("image_width x image_height", fmt.Sprintf("%dx%d", c.Width, c.Height), "a size, or 0x0 for the device's own")
	// A comparison with NaN is false.
	case c.FrameRate != 0 && !(c.FrameRate >= MinFrameRate && c.FrameRate <= MaxFrameRate):
		return refuse("framerate", c.FrameRate, fmt.Sprintf("%v to %v", MinFrameRate, MaxFrameRate))
	case c.Buffers < MinBuffers || c.Buffers > MaxBuffers:
		return refuse("buffer_count", c.Buffers, fmt.Sprintf("%d to %d", MinBuffers, MaxBuffers))
	}
	return nil
}
