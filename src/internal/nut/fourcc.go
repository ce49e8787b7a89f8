package nut

import "av_capture/src/internal/media"

// PNG is the encoding of compressed images that are PNG.
const PNG = "png"

// FourCC is the name of an encoding of images in NUT.
type FourCC struct {
	Code   string // of a raw image ffmpeg's, in libavcodec/raw.c
	Bits   int    // per pixel, of all planes; 0 of a compressed image
	Paired bool   // pixels share their colour by two in a row
}

// FourCCs are the names of encodings: of sensor_msgs/image_encodings.hpp and our own.
var FourCCs = map[string]FourCC{
	"bgr8": {"BGR\x18", 24, false}, "8UC3": {"BGR\x18", 24, false},
	"rgb8":  {"RGB\x18", 24, false},
	"bgra8": {"BGRA", 32, false}, "8UC4": {"BGRA", 32, false},
	"rgba8": {"RGBA", 32, false},
	"bgr16": {"BGR0", 48, false}, "rgb16": {"RGB0", 48, false}, "16UC3": {"BGR0", 48, false},
	"bgra16": {"BRA@", 64, false}, "rgba16": {"RBA@", 64, false}, "16UC4": {"BRA@", 64, false},
	"mono8": {"Y800", 8, false}, "8UC1": {"Y800", 8, false},
	"mono16": {"Y1\x00\x10", 16, false}, "16UC1": {"Y1\x00\x10", 16, false},
	"yuv422_yuy2": {"YUY2", 16, true}, "yuyv": {"YUY2", 16, true},
	"yuv422": {"UYVY", 16, true}, "uyvy": {"UYVY", 16, true},
	"nv12": {"NV12", 12, true}, "nv21": {"NV21", 12, true},
	"bayer_bggr8": {"\xbaBG\x08", 8, false}, "bayer_gbrg8": {"\xbaGB\x08", 8, false},
	"bayer_grbg8": {"\xbaGR\x08", 8, false}, "bayer_rggb8": {"\xbaRG\x08", 8, false},
	"bayer_bggr16": {"\xbaBG\x10", 16, false}, "bayer_gbrg16": {"\xbaGB\x10", 16, false},
	"bayer_grbg16": {"\xbaGR\x10", 16, false}, "bayer_rggb16": {"\xbaRG\x10", 16, false},
	media.JPEG: {"MJPG", 0, false},
	PNG:        {"MPNG", 0, false},
}

// Rows returns the bytes of a row that hold pixels, and the number of rows, of a raw image
// [pixels]. With 12 bits a pixel, half a plane of colours is below one of brightness.
func (f FourCC) Rows(width, height int) (row, rows int) {
	if f.Bits == 12 {
		return width, height * 3 / 2
	}
	return width * f.Bits / 8, height
}

// Pack returns the rows of a raw image without what stands between them, as NUT has them:
// data itself where they are so already, else buffer, which grows if it must. The image must
// have all its rows.
func (f FourCC) Pack(buffer, data []byte, width, height, step int) []byte {
	row, rows := f.Rows(width, height)
	if step == row {
		return data[:row*rows]
	}
	buffer = buffer[:0]
	for y := range rows {
		buffer = append(buffer, data[y*step:y*step+row]...)
	}
	return buffer
}
