package film

import (
	"bytes"
	"fmt"
	"image/png"
	"slices"
	"time"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
)

// Image is the image of a message, of which nothing is checked.
type Image struct {
	Stamp time.Duration // since ROS's epoch

	// Image lacks its stamp on CLOCK_MONOTONIC. Its memory is the recorder's from now on.
	// Of a compressed image the Encoding is [media.JPEG], whatever it is.
	media.Image
}

// pngEncoding is the encoding of compressed images that are PNG.
const pngEncoding = "png"

// fourCCs are the names of encodings in NUT: of sensor_msgs/image_encodings.hpp and our own.
// Those of raw images are ffmpeg's, in libavcodec/raw.c.
var fourCCs = map[string]struct {
	code string
	bits int // per pixel, of all planes
}{
	"bgr8": {"BGR\x18", 24}, "8UC3": {"BGR\x18", 24},
	"rgb8":  {"RGB\x18", 24},
	"bgra8": {"BGRA", 32}, "8UC4": {"BGRA", 32},
	"rgba8": {"RGBA", 32},
	"bgr16": {"BGR0", 48}, "rgb16": {"RGB0", 48}, "16UC3": {"BGR0", 48},
	"bgra16": {"BRA@", 64}, "rgba16": {"RBA@", 64}, "16UC4": {"BRA@", 64},
	"mono8": {"Y800", 8}, "8UC1": {"Y800", 8},
	"mono16": {"Y1\x00\x10", 16}, "16UC1": {"Y1\x00\x10", 16},
	"yuv422_yuy2": {"YUY2", 16}, "yuyv": {"YUY2", 16},
	"yuv422": {"UYVY", 16}, "uyvy": {"UYVY", 16},
	"nv12": {"NV12", 12}, "nv21": {"NV21", 12},
	"bayer_bggr8": {"\xbaBG\x08", 8}, "bayer_gbrg8": {"\xbaGB\x08", 8},
	"bayer_grbg8": {"\xbaGR\x08", 8}, "bayer_rggb8": {"\xbaRG\x08", 8},
	"bayer_bggr16": {"\xbaBG\x10", 16}, "bayer_gbrg16": {"\xbaGB\x10", 16},
	"bayer_grbg16": {"\xbaGR\x10", 16}, "bayer_rggb16": {"\xbaRG\x10", 16},
	media.JPEG:  {"MJPG", 0},
	pngEncoding: {"MPNG", 0},
}

// paired are those of fourCCs whose pixels share their colour by two in a row.
var paired = []string{"YUY2", "UYVY", "NV12", "NV21"}

// picture is an image that is checked, and as ffmpeg takes it.
type picture struct {
	stamp  time.Duration
	format pictureFormat
	data   []byte
}

// pictureFormat is the format of images; all images of a stream in a part have the same one.
type pictureFormat struct {
	encoding      string
	width, height int // [pixels]
}

// String describes the format for people, as in "640x480 bgr8".
func (f pictureFormat) String() string {
	return fmt.Sprintf("%dx%d %s", f.width, f.height, media.PixelFormat(f.encoding))
}

// compressed reports whether images are files that can be stored as they are.
func (f pictureFormat) compressed() bool {
	return f.encoding == media.JPEG || f.encoding == pngEncoding
}

// check checks an image, and takes out what stands between its rows.
func check(img *Image) (picture, error) {
	p := picture{stamp: img.Stamp, data: img.Data}
	if img.Encoding == media.JPEG {
		format, err := checkFile(img.Data)
		p.format = format
		return p, err
	}
	code, known := fourCCs[img.Encoding]
	if !known || code.bits == 0 {
		return p, fmt.Errorf("its encoding is %.40q, which cannot be saved as a film", img.Encoding)
	}
	if err := media.CheckSize(img.Width, img.Height); err != nil {
		return p, err
	}
	if img.Width%2 != 0 && slices.Contains(paired, code.code) || code.bits == 12 && img.Height%2 != 0 {
		return p, fmt.Errorf("an image is %dx%d %s, whose size must be even", img.Width, img.Height, img.Encoding)
	}
	row := img.Width * code.bits / 8
	rows := img.Height
	if code.bits == 12 { // half a plane of colours below one of brightness
		row, rows = img.Width, img.Height*3/2
	}
	if img.Step < row || img.Step > media.MaxImageSize || len(img.Data) < img.Step*(rows-1)+row {
		return p, fmt.Errorf("an image is invalid: %dx%d %s, step %d, %d bytes of data", img.Width, img.Height, img.Encoding, img.Step, len(img.Data))
	}
	p.format = pictureFormat{img.Encoding, img.Width, img.Height}
	if img.Step > row {
		packed := make([]byte, 0, row*rows)
		for y := range rows {
			packed = append(packed, img.Data[y*img.Step:y*img.Step+row]...)
		}
		p.data = packed
	}
	p.data = p.data[:row*rows]
	return p, nil
}

// checkFile returns the format of a compressed image.
func checkFile(data []byte) (pictureFormat, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		file, err := jpeg.Check(data, media.MaxPixels)
		return pictureFormat{media.JPEG, file.Width, file.Height}, err
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		config, err := png.DecodeConfig(bytes.NewReader(data))
		if err == nil {
			err = media.CheckSize(config.Width, config.Height)
		}
		return pictureFormat{pngEncoding, config.Width, config.Height}, err
	}
	return pictureFormat{}, fmt.Errorf("a compressed image is neither JPEG nor PNG")
}
