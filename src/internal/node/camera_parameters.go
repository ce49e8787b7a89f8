package node

import (
	"time"

	"av_capture/src/internal/param"
)

// CameraTable declares the camera's parameters, named as usb_cam names them.
// It is the only place that holds their defaults: config/av_capture.yaml and
// the README are compared with it.
var CameraTable = param.NewTable([]param.Declaration{
	{
		Name:        "source",
		Default:     param.String("v4l2"),
		Description: "Where images come from: a V4L2 device, a file or URL that OpenCV reads, or a synthetic test pattern.",
		Choices:     param.OneOf("v4l2", "file", "synthetic"),
		ReadOnly:    true,
	}, {
		Name:          "video_device",
		Default:       param.String("/dev/video0"),
		Description:   "Device by index, /dev path, or by-id or by-path link; with source file the path or URL.",
		AcceptInteger: true,
		ReadOnly:      true,
	}, {
		Name:        "image_width",
		Default:     param.Int(640),
		Description: "Width of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: 16384},
		ReadOnly:    true,
	}, {
		Name:        "image_height",
		Default:     param.Int(480),
		Description: "Height of the image [pixels]; a file has its own.",
		Range:       param.IntegerRange{From: 1, To: 16384},
		ReadOnly:    true,
	}, {
		Name:        "framerate",
		Default:     param.Double(30),
		Description: "Images per second [Hz]; a file has its own.",
		Range:       param.DoubleRange{From: 0.1, To: 1000},
		ReadOnly:    true,
	}, {
		Name:        "pixel_format",
		Default:     param.String("bgr8"),
		Description: "Encoding of the published image; yuv422_yuy2 is the camera's raw frame.",
		Choices:     param.OneOf("bgr8", "rgb8", "mono8", "yuv422_yuy2"),
		Aliases: map[string]string{
			"yuyv":      "yuv422_yuy2",
			"yuyv2rgb":  "rgb8",
			"mjpeg2rgb": "rgb8",
			"rgb":       "rgb8",
			"bgr":       "bgr8",
			"mono":      "mono8",
		},
		ReadOnly: true,
	}, {
		Name:        "loop",
		Default:     param.Bool(false),
		Description: "Play a file again and again.",
		ReadOnly:    true,
	}, frameID("camera"), reconnectInterval,
}, foreign)

// CameraConfig holds the values of the camera's parameters.
type CameraConfig struct {
	Source            string // v4l2, file or synthetic
	VideoDevice       string
	ImageWidth        int     // [pixels]
	ImageHeight       int     // [pixels]
	FrameRate         float64 // [Hz]
	PixelFormat       string  // in the words of sensor_msgs/image_encodings.hpp
	Loop              bool
	FrameID           string
	ReconnectInterval time.Duration
}

func cameraConfig(set param.Set) CameraConfig {
	return CameraConfig{
		Source:            set.String("source"),
		VideoDevice:       set.String("video_device"),
		ImageWidth:        int(set.Int("image_width")),
		ImageHeight:       int(set.Int("image_height")),
		FrameRate:         set.Double("framerate"),
		PixelFormat:       set.String("pixel_format"),
		Loop:              set.Bool("loop"),
		FrameID:           set.String("frame_id"),
		ReconnectInterval: seconds(set.Double("reconnect_interval")),
	}
}
