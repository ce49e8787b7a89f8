package node

import (
	"errors"
	"fmt"
	"strings"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/calibration"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/param"
)

// CameraTable declares the camera's parameters, named as usb_cam names them.
// It is the only place that holds their defaults: config/av_capture.yaml and
// the README are compared with it.
var CameraTable = param.NewTable([]param.Declaration{
	{
		Name:        "source",
		Default:     param.String("v4l2"),
		Description: "Where images come from: a V4L2 device, a file or URL that OpenCV reads, the program ffmpeg, or a synthetic test pattern.",
		Choices:     param.OneOf("v4l2", "file", "ffmpeg", "synthetic"),
	}, {
		Name:          "video_device",
		Default:       param.String("/dev/video0"),
		Description:   "Device by index, /dev path, by-id or by-path link, card name, or USB vendor:product; with source file or ffmpeg also a path or URL.",
		AcceptInteger: true,
	}, {
		Name:        "ffmpeg_args",
		Default:     param.Strings(),
		Description: "Input for source ffmpeg in ffmpeg's own words, each an element of the list, as in [\"-f\", \"lavfi\", \"-i\", \"testsrc2\"]; empty takes video_device.",
	}, {
		Name:        "image_width",
		Default:     param.Int(640),
		Description: "Width of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: 16384},
	}, {
		Name:        "image_height",
		Default:     param.Int(480),
		Description: "Height of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: 16384},
	}, {
		Name:        "framerate",
		Default:     param.Double(30),
		Description: "Images per second [Hz]; a file has its own.",
		Range:       param.DoubleRange{From: 0.1, To: 1000},
	}, {
		Name:        "pixel_format",
		Default:     param.String("bgr8"),
		Description: "Encoding of the image: converted to bgr8, rgb8 or mono8; the camera's own raw 4:2:2 data (yuv422_yuy2, uyvy); or its own JPEG (mjpeg), untouched in image_raw/compressed and decoded for image_raw.",
		Choices:     param.OneOf("bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy", "mjpeg"),
		Aliases: map[string]string{
			"bgr":       "bgr8",
			"m4202rgb":  "rgb8",
			"mjpeg2rgb": "rgb8",
			"mono":      "mono8",
			"raw_mjpeg": "mjpeg",
			"rgb":       "rgb8",
			"uyvy2rgb":  "rgb8",
			"y102mono8": "mono8",
			"yuv422":    "uyvy",
			"yuyv":      "yuv422_yuy2",
			"yuyv2rgb":  "rgb8",
		},
	}, {
		Name:        "loop",
		Default:     param.Bool(false),
		Description: "Play a file again and again.",
	}, {
		Name:        "flip_horizontal",
		Default:     param.Bool(false),
		Description: "Exchange left and right of the image.",
	}, {
		Name:        "flip_vertical",
		Default:     param.Bool(false),
		Description: "Exchange top and bottom of the image.",
	}, {
		Name:        "rotate",
		Default:     param.Int(0),
		Description: "Turn the image clockwise, after the flips [degrees].",
		Choices:     param.OneOf[int64](0, 90, 180, 270),
	}, {
		Name:        "image_raw.compressed.jpeg_quality",
		Default:     param.Int(95),
		Description: "Quality of the JPEG that is made for image_raw/compressed where the camera sends none, 100 the best.",
		Range:       param.IntegerRange{From: 1, To: 100},
	}, {
		Name:        "spectrum_rate",
		Default:     param.Double(5),
		Description: "Spectra per second in spectrum, at most as many as images [Hz].",
		Range:       param.DoubleRange{From: 0.01, To: 1000},
	}, {
		Name:        "camera_name",
		Default:     param.String("default_cam"),
		Description: "Name of the camera in its calibration.",
		Check: func(v param.Value) error {
			if name := v.Text(); name == "" || name == "." || name == ".." || strings.Contains(name, "/") {
				return errors.New("want a name without /, as it is part of the name of a file")
			}
			return nil
		},
		Constraint: "without /",
	}, {
		Name:        "camera_info_url",
		Default:     param.String(""),
		Description: "File of the camera's calibration, which set_camera_info writes; empty for " + calibration.DefaultURL + ", ROS_HOME being ~/.ros mostly.",
		Check:       func(v param.Value) error { return calibration.Check(v.Text()) },
		Constraint:  "file:///path or package://name/path, ${NAME} in it for camera_name, ${ROS_HOME} for that variable",
	}, frameID("camera"), reconnect, useFullName, pprofPort,
}, foreign, superseded, param.WithCheck(cameraCheck))

// imageLimit is the largest image [bytes]: more than any camera gives, and few
// enough that no parameter makes the machine run out of memory.
const imageLimit = 1 << 28

// cameraCheck refuses parameters that do not fit together.
func cameraCheck(set param.Set) error {
	width, height := set.Int("image_width"), set.Int("image_height")
	if size := 3 * width * height; size > imageLimit {
		return fmt.Errorf("parameters \"image_width\" and \"image_height\" are %d and %d, but at most %d pixels are allowed together", width, height, imageLimit/3)
	}
	config := cameraConfig(set)
	if err := imaging.CheckTurn(config.PixelFormat, config.Orientation); err != nil {
		return fmt.Errorf("parameters \"flip_horizontal\", \"flip_vertical\" and \"rotate\" are %t, %t and %d and \"pixel_format\" is %q, but %w; take pixel_format bgr8",
			config.Orientation.FlipHorizontal, config.Orientation.FlipVertical, config.Orientation.Rotate, pixelFormatOf(config.PixelFormat), err)
	}
	return nil
}

// The camera's own JPEG is mjpeg as a pixel_format, as usb_cam has it, and
// acquire.JPEG as the encoding of a single image.
const motionJPEG = "mjpeg"

// encodingOf returns the encoding of the images that a pixel_format asks for.
func encodingOf(pixelFormat string) string {
	if pixelFormat == motionJPEG {
		return acquire.JPEG
	}
	return pixelFormat
}

// pixelFormatOf returns the pixel_format whose images have an encoding.
func pixelFormatOf(encoding string) string {
	if encoding == acquire.JPEG {
		return motionJPEG
	}
	return encoding
}

// CameraConfig holds the values of the camera's parameters.
type CameraConfig struct {
	Node string // whose they are, by its full name; for those who open its source only

	Source      string // v4l2, file, ffmpeg or synthetic
	VideoDevice string
	FFmpegArgs  []string
	ImageWidth  int     // [pixels]
	ImageHeight int     // [pixels]
	FrameRate   float64 // [Hz]
	PixelFormat string  // in the words of acquire.VideoFormat
	Loop        bool
	Orientation acquire.Orientation

	JPEGQuality  int     // 1 to 100
	SpectrumRate float64 // [Hz]

	CameraName    string
	CameraInfoURL string
	FrameID       string
}

// Encoding returns the encoding of images that PixelFormat asks a source for.
func (c CameraConfig) Encoding() string { return encodingOf(c.PixelFormat) }

func cameraConfig(set param.Set) CameraConfig {
	return CameraConfig{
		Source:      set.String("source"),
		VideoDevice: set.String("video_device"),
		FFmpegArgs:  set.Strings("ffmpeg_args"),
		ImageWidth:  int(set.Int("image_width")),
		ImageHeight: int(set.Int("image_height")),
		FrameRate:   set.Double("framerate"),
		PixelFormat: encodingOf(set.String("pixel_format")),
		Loop:        set.Bool("loop"),
		Orientation: acquire.Orientation{
			FlipHorizontal: set.Bool("flip_horizontal"),
			FlipVertical:   set.Bool("flip_vertical"),
			Rotate:         int(set.Int("rotate")),
		},
		JPEGQuality:   int(set.Int("image_raw.compressed.jpeg_quality")),
		SpectrumRate:  set.Double("spectrum_rate"),
		CameraName:    set.String("camera_name"),
		CameraInfoURL: set.String("camera_info_url"),
		FrameID:       set.String("frame_id"),
	}
}

// device returns the part of the values for which the source has to be opened
// anew: the values that a source of its kind looks at.
func (c CameraConfig) device() CameraConfig {
	c.FrameID, c.Orientation = "", acquire.Orientation{}
	if c.Source != "ffmpeg" {
		c.FFmpegArgs = nil
	}
	c.JPEGQuality, c.SpectrumRate = 0, 0
	c.CameraName, c.CameraInfoURL = "", ""
	switch c.Source {
	case "v4l2":
		c.Loop = false
	case "ffmpeg":
		if len(c.FFmpegArgs) > 0 {
			c.VideoDevice, c.ImageWidth, c.ImageHeight, c.FrameRate = "", 0, 0, 0
		}
	case "file":
		c.ImageWidth, c.ImageHeight, c.FrameRate = 0, 0, 0
	case "synthetic":
		c.VideoDevice, c.Loop = "", false
	}
	return c
}

// cameraGives returns what a source really gives, by parameter.
func cameraGives(format acquire.VideoFormat) map[string]param.Value {
	given := map[string]param.Value{
		"image_width":  param.Int(int64(format.Width)),
		"image_height": param.Int(int64(format.Height)),
		"pixel_format": param.String(pixelFormatOf(format.Encoding)),
	}
	if format.FrameRate > 0 { // it is known
		given["framerate"] = param.Double(format.FrameRate)
	}
	return given
}
