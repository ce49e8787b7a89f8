package camera

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"av_capture/src/internal/calibration"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
	"av_capture/src/internal/video"
)

// Table declares the camera's parameters, named as usb_cam names them. It is the only
// place that holds their defaults: config/av_capture.yaml and doc/parameters.md are
// compared with it.
var Table = param.NewTable(slices.Concat([]param.Declaration{
	{
		Name:        "source",
		Default:     param.String("v4l2"),
		Description: "Where images come from: a V4L2 device, OpenCV's own capture (a GStreamer pipeline above all), a file or URL that OpenCV reads, the program ffmpeg, or a synthetic test pattern.",
		Choices:     param.OneOf("v4l2", "opencv", "file", "ffmpeg", "synthetic"),
	}, {
		Name:          "video_device",
		Default:       param.String("/dev/video0"),
		Description:   "Device by index, /dev path, by-id or by-path link, card name, or USB vendor:product; with source file or ffmpeg also a path or URL, with source opencv a GStreamer pipeline.",
		AcceptInteger: true,
		Mask:          node.Masked,
	}, {
		Name:        "ffmpeg_args",
		Default:     param.Strings(),
		Description: "Input for source ffmpeg in ffmpeg's own words, each an element of the list, as in [\"-f\", \"lavfi\", \"-i\", \"testsrc2\"]; empty takes video_device.",
		ReadOnly:    true,
		Mask:        node.MaskedList,
	}, node.AllowedPaths("video_device and camera_info_url"), node.AllowedURLs, node.AllowedSources, {
		Name:        "image_width",
		Default:     param.Int(640),
		Description: "Width of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: media.MaxSide},
	}, {
		Name:        "image_height",
		Default:     param.Int(480),
		Description: "Height of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: media.MaxSide},
	}, {
		Name:        "framerate",
		Default:     param.Double(30),
		Description: "Images per second [Hz]; a file has its own.",
		Range:       param.DoubleRange{From: media.MinFrameRate, To: media.MaxFrameRate},
	}, {
		Name:        "pixel_format",
		Default:     param.String("bgr8"),
		Description: "Encoding of the image: converted to bgr8, rgb8 or mono8; the camera's own raw data, untouched: 4:2:2 (yuv422_yuy2, uyvy), grey of 16 bits (mono16; 16UC1 where 10 or 12 of them are used), nv21 or a Bayer mosaic; its own JPEG (mjpeg), untouched in image_raw/compressed and decoded for image_raw; or its own video (h264, hevc), untouched in image_raw/ffmpeg and video, and decoded for all else.",
		Choices: param.OneOf("bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy", "mono16", "16UC1", "nv21",
			"bayer_rggb8", "bayer_bggr8", "bayer_gbrg8", "bayer_grbg8", "mjpeg", "h264", "hevc"),
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
		Name:        "buffer_count",
		Default:     param.Int(8),
		Description: "Images that the driver keeps for us while publishing is late: 8 are 267 ms at 30/s; each takes an image's memory. For source v4l2.",
		Range:       param.IntegerRange{From: 2, To: 32},
	}, {
		Name:        "verify_jpeg",
		Default:     param.Bool(true),
		Description: "With pixel_format mjpeg: read all of each JPEG before anything of it goes out, so that damage inside of it is found; 2 ms of a processor at 1920x1080. false looks at its structure only.",
	}, {
		Name:        "loop",
		Default:     param.Bool(false),
		Description: "Play a file again and again.",
	}, {
		Name:        "synthetic.pattern",
		Default:     param.String("moving"),
		Description: "What the source synthetic shows: a moving test pattern, or flashes at whole seconds of ROS time.",
		Choices:     param.OneOf("moving", "flashes"),
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
		Name:        "image_raw.ffmpeg.encoder",
		Default:     param.String("h264"),
		Description: "Encoder of the video in image_raw/ffmpeg and video: one of ffmpeg's for H.264 or H.265, as libx264, h264_vaapi or hevc_nvenc; h264 or hevc take the best that it has without special hardware.",
		Check:       func(v param.Value) error { return checkEncoder(v.Text()) },
		Constraint:  "of lower-case letters, digits and _",
	}, {
		Name:        "image_raw.ffmpeg.preset",
		Default:     param.String(""),
		Description: "Preset of the encoder, between speed and size; empty for its fastest, as ultrafast of libx264.",
		Check:       func(v param.Value) error { return checkEncoder(v.Text() + "x") },
		Constraint:  "of lower-case letters and digits",
	}, {
		Name:        "image_raw.ffmpeg.device",
		Default:     param.String(""),
		Description: "Device of a vaapi encoder, as /dev/dri/renderD128; empty for one that ffmpeg finds.",
		ReadOnly:    true,
	}, {
		Name:        "image_raw.ffmpeg.bit_rate",
		Default:     param.Int(-1),
		Description: fmt.Sprintf("Bit rate of the video [bit/s]; -1 for %v bits a pixel, which is 6.2 Mbit/s at 1920x1080 and 30 images/s.", video.BitsPerPixel),
		Range:       param.IntegerRange{From: -1, To: 1_000_000_000},
	}, {
		Name:        "image_raw.ffmpeg.gop_size",
		Default:     param.Int(30),
		Description: "Images from one key frame of the video to the next, at most; one comes each 0.9 s in any case, so that a new subscriber sees an image within a second.",
		Range:       param.IntegerRange{From: 1, To: 1000},
	}, {
		Name:        "spectrum_rate",
		Default:     param.Double(5),
		Description: "Spectra per second in spectrum, at most as many as images [Hz].",
		Range:       param.DoubleRange{From: 0.01, To: 1000},
	}, {
		Name:        "device_latency",
		Default:     param.Double(0),
		Description: "Constant time from light at the sensor to the driver's stamp of its image, subtracted from all stamps [s]; av_skew measures it against sound.",
		Range:       param.DoubleRange{From: 0, To: 10},
	}, {
		Name:        "camera_name",
		Default:     param.String("default_cam"),
		Description: "Name of the camera in its calibration.",
		Check:       func(v param.Value) error { return calibration.CheckName(v.Text()) },
		Constraint:  "without / and control characters, of at most 200 bytes",
	}, {
		Name:        "camera_info_url",
		Default:     param.String(""),
		Description: "File of the camera's calibration, which set_camera_info writes; empty for " + calibration.DefaultURL + ", ROS_HOME being ~/.ros mostly.",
		Check:       func(v param.Value) error { return calibration.Check(v.Text()) },
		Constraint:  "file:///path or package://name/path, ${NAME} in it for camera_name, ${ROS_HOME} for that variable",
	}, node.FrameIDParameter("camera"),
}, node.CommonParameters), node.Ignored, obsolete, param.WithCheck(checkCombination))

// checkCombination refuses parameters that do not fit together.
func checkCombination(set param.Set) error {
	width, height := set.Int("image_width"), set.Int("image_height")
	if width*height > media.MaxPixels {
		return fmt.Errorf("parameters \"image_width\" and \"image_height\" are %d and %d, but at most %d pixels are allowed together", width, height, media.MaxPixels)
	}
	config := configOf(set)
	if err := imaging.CheckTurn(config.PixelFormat, config.Orientation); err != nil {
		return fmt.Errorf("parameters \"flip_horizontal\", \"flip_vertical\" and \"rotate\" are %t, %t and %d and \"pixel_format\" is %q, but %w; take pixel_format bgr8",
			config.Orientation.FlipHorizontal, config.Orientation.FlipVertical, config.Orientation.Rotate, pixelFormatOf(config.PixelFormat), err)
	}
	return nil
}

// checkEncoder refuses what cannot be the name of an encoder.
func checkEncoder(name string) error {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return errors.New("is not a name of ffmpeg's")
	}
	return nil
}

// motionJPEG is usb_cam's pixel_format for the camera's own JPEG. The encoding of its
// images is media.JPEG.
const motionJPEG = "mjpeg"

// encodingOf returns the encoding of the images that a pixel_format asks for.
func encodingOf(pixelFormat string) string {
	if pixelFormat == motionJPEG {
		return media.JPEG
	}
	return pixelFormat
}

// pixelFormatOf returns the pixel_format whose images have an encoding.
func pixelFormatOf(encoding string) string {
	if encoding == media.JPEG {
		return motionJPEG
	}
	return encoding
}

// Config holds the values of the camera's parameters.
type Config struct {
	// Only for opening the source: the full name of the node, and what the parameters
	// may name.
	Node     string
	Allowed  *Allowlist
	Wanted   func() bool // reports whether anybody wants pixels; any goroutine may ask
	KeyFrame func() bool // reports whether a camera's own video is waited for to begin

	Source      string // v4l2, opencv, file, ffmpeg or synthetic
	VideoDevice string
	FFmpegArgs  []string
	ImageWidth  int     // [pixels]
	ImageHeight int     // [pixels]
	FrameRate   float64 // [Hz]
	PixelFormat string  // as in media.VideoFormat
	BufferCount int     // of the driver
	Loop        bool
	Pattern     string // of a synthetic source
	Orientation media.Orientation

	VerifyJPEG   bool    // decode the camera's own JPEG before it goes out
	JPEGQuality  int     // 1 to 100
	SpectrumRate float64 // [Hz]

	Video video.Config  // all but the rate of images
	Retry time.Duration // from a failure of ffmpeg's to its next start

	DeviceLatency time.Duration // subtracted from stamps

	CameraName    string
	CameraInfoURL string
	FrameID       string
}

// Encoding returns the encoding of images that PixelFormat asks a source for.
func (c Config) Encoding() string { return encodingOf(c.PixelFormat) }

func configOf(set param.Set) Config {
	return Config{
		Source:      set.String("source"),
		VideoDevice: set.String("video_device"),
		FFmpegArgs:  set.Strings("ffmpeg_args"),
		ImageWidth:  int(set.Int("image_width")),
		ImageHeight: int(set.Int("image_height")),
		FrameRate:   set.Double("framerate"),
		PixelFormat: encodingOf(set.String("pixel_format")),
		BufferCount: int(set.Int("buffer_count")),
		Loop:        set.Bool("loop"),
		Pattern:     set.String("synthetic.pattern"),
		Orientation: media.Orientation{
			FlipHorizontal: set.Bool("flip_horizontal"),
			FlipVertical:   set.Bool("flip_vertical"),
			Rotate:         int(set.Int("rotate")),
		},
		VerifyJPEG:   set.Bool("verify_jpeg"),
		JPEGQuality:  int(set.Int("image_raw.compressed.jpeg_quality")),
		SpectrumRate: set.Double("spectrum_rate"),
		Video: video.Config{
			Encoder:   set.String("image_raw.ffmpeg.encoder"),
			Preset:    set.String("image_raw.ffmpeg.preset"),
			Device:    set.String("image_raw.ffmpeg.device"),
			BitRate:   int(set.Int("image_raw.ffmpeg.bit_rate")),
			KeyFrames: int(set.Int("image_raw.ffmpeg.gop_size")),
		},
		Retry:         node.Seconds(set.Double("reconnect_interval")),
		DeviceLatency: node.Seconds(set.Double("device_latency")),
		CameraName:    set.String("camera_name"),
		CameraInfoURL: set.String("camera_info_url"),
		FrameID:       set.String("frame_id"),
	}
}

// sourceOnly returns the values that a source of its kind looks at: if one of them
// changes, the source is opened anew.
func (c Config) sourceOnly() Config {
	c.FrameID, c.Orientation = "", media.Orientation{}
	if c.Source != "ffmpeg" {
		c.FFmpegArgs = nil
	}
	c.VerifyJPEG, c.JPEGQuality, c.SpectrumRate, c.DeviceLatency = false, 0, 0, 0
	c.CameraName, c.CameraInfoURL = "", ""
	c.Video, c.Retry = video.Config{}, 0
	if c.Source != "v4l2" {
		c.BufferCount = 0
	}
	if c.Source != "synthetic" {
		c.Pattern = ""
	}
	switch c.Source {
	case "v4l2":
		c.Loop = false
	case "opencv":
		c.Loop = false
		if isPipeline(c.VideoDevice) { // a pipeline has its own
			c.ImageWidth, c.ImageHeight, c.FrameRate = 0, 0, 0
		}
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

// given returns the values that a source gives, by parameter.
func given(format media.VideoFormat) map[string]param.Value {
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
