package v4l2

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/acquire/ffmpeg"
	"av_capture/src/internal/media"
)

func TestAStreamOfVideoIsRefusedWithAWayToGetIt(t *testing.T) {
	only := []Format{{FourCC: fourCC("H264"), Sizes: []Size{{1280, 720, []float64{30}}}}}
	source := New(Config{Device: "0", Width: 1280, Height: 720, PixelFormat: "bgr8"})
	if _, ok := choose(only, "bgr8", 1280, 720, 30); ok {
		t.Fatal("H264 can be converted")
	}
	err := source.refuseFormats("/dev/video3", only)
	if !errors.Is(err, media.ErrUnsupported) {
		t.Errorf("got %v, want %v", err, media.ErrUnsupported)
	}
	for _, want := range []string{
		"H264 1280x720 (30)", "source to ffmpeg, and ffmpeg_args",
		`["-f", "v4l2", "-input_format", "h264", "-video_size", "1280x720", "-i", "/dev/video3"]`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %q", want, err)
		}
	}
	// A link outlasts a replug, after which the node may have another number.
	const link = "/dev/v4l/by-id/usb-Acme_Webcam_0001-video-index0"
	err = New(Config{Device: link, PixelFormat: "bgr8"}).refuseFormats("/dev/video3", only)
	if !strings.Contains(err.Error(), `"-i", "`+link+`"]`) {
		t.Errorf("%q is not in %q", link, err)
	}
	// For a format without a decoder there is a list, and no advice.
	err = source.refuseFormats("/dev/video3", []Format{{FourCC: fourCC("Z16 ")}})
	if !strings.Contains(err.Error(), "Z16") || strings.Contains(err.Error(), "; ") {
		t.Errorf("got %q", err)
	}
}

// TestARefusalNamesWhatWorksWithThisCamera: each is a camera that has one format.
func TestARefusalNamesWhatWorksWithThisCamera(t *testing.T) {
	for _, test := range []struct {
		code, encoding string
		want           []string
		not            string
	}{
		{"H264", "yuv422_yuy2", []string{"source to ffmpeg, and ffmpeg_args", `"-input_format", "h264", "-video_size", "1920x1080"`, "; set pixel_format to h264;"}, "set pixel_format to bgr8"},
		{"H264", "mono16", []string{"source to ffmpeg, and pixel_format to bgr8, and ffmpeg_args", `"h264"`, "; set pixel_format to h264;"}, "set pixel_format to bgr8"},
		{"H264", media.JPEG, []string{"pixel_format mjpeg cannot", "source to ffmpeg, and pixel_format to bgr8"}, "; set pixel_format to bgr8"},
		{"YVYU", "yuv422_yuy2", []string{"; set pixel_format to bgr8, rgb8 or mono8"}, "ffmpeg"},
		{"YUYV", "uyvy", []string{"; set pixel_format to bgr8, rgb8, mono8 or yuv422_yuy2", `for uyvy of YUYV, set source to ffmpeg and ffmpeg_args to ["-f", "v4l2", "-input_format", "yuyv422"`}, ""},
		{"RGGB", "mono16", []string{"; set pixel_format to bgr8, rgb8, mono8 or bayer_rggb8"}, "ffmpeg"},
		{"RGGB", "bayer_grbg8", []string{"; set pixel_format to bgr8, rgb8, mono8 or bayer_rggb8"}, "ffmpeg"},
		{"YUYV", media.JPEG, []string{"; set pixel_format to bgr8, rgb8, mono8 or yuv422_yuy2"}, "ffmpeg"},
		{"MJPG", "yuv422_yuy2", []string{"; set pixel_format to bgr8, rgb8, mono8 or mjpeg", `"mjpeg", "-video_size", "1920x1080", "-i", "/dev/video3"]`}, ""},
		{"Y16 ", "16UC1", []string{"; set pixel_format to bgr8, rgb8, mono8 or mono16"}, "ffmpeg"},
	} {
		formats := []Format{{FourCC: fourCC(test.code), Sizes: []Size{{1280, 720, []float64{30}}, {1920, 1080, []float64{15}}}}}
		if _, ok := choose(formats, test.encoding, 640, 480, 30); ok {
			t.Errorf("%s can be made of %s", test.encoding, test.code)
		}
		err := New(Config{Device: "0", Width: 640, Height: 480, PixelFormat: test.encoding}).refuseFormats("/dev/video3", formats)
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s of %s: %q is not in %q", test.encoding, test.code, want, err)
			}
		}
		if test.not != "" && strings.Contains(err.Error(), test.not) {
			t.Errorf("%s of %s: %q is in %q", test.encoding, test.code, test.not, err)
		}
	}
	// Each that is advised is made.
	for _, f := range pixelFormats {
		for _, encoding := range media.Converted {
			if _, ok := nativeFormatOf(f.code, encoding); !ok && !f.stream {
				t.Errorf("%v does not become %s, which is advised", f.code, encoding)
			}
		}
	}
	for _, encoding := range ffmpegEncodings {
		if !slices.Contains(ffmpeg.Encodings, encoding) {
			t.Errorf("the source ffmpeg has no %s, which is advised", encoding)
		}
	}
}
