package v4l2

import "av_capture/src/internal/media"

// pixelFormat is a V4L2 pixel format that images can be made of.
type pixelFormat struct {
	code FourCC

	// encoding is its name for an [acquire.Converter]: a word of
	// sensor_msgs/image_encodings.hpp if there is one, else the FourCC.
	encoding string

	raw     string  // the pixel_format of the driver's own data; empty if there is none
	bits    int     // per pixel in a row of the first plane; 0 if there are no rows
	chroma  samples // the planes behind the first one
	split   bool    // each plane has memory of its own (multi-planar devices)
	stream  bool    // an image needs those before it: none is left out, none converted
	cropped bool    // conversions need an even width, or two even sides with chroma
}

// samples is the layout of the chroma behind the luma.
type samples int

const (
	packed         samples = iota // there is one plane
	interleaved420                // pairs of U and V, one for 2x2 pixels, rows as long as those of the luma
	planes420                     // two planes, one byte for 2x2 pixels, rows half as long
	planes422                     // two planes, one byte for 2x1 pixels, rows half as long
)

// pixelFormats lists the formats, ordered by the loss of a conversion: after the uncompressed
// colours and grey come the camera's JPEG, 16 bits of grey, and Bayer mosaics, whose colours
// are interpolated.
//
// A new encoding also needs its matrix in imaging/matview.go (with 4:2:0, subsampled), its
// conversions in imaging/converter.go, and in imaging/jpeg.go, if it is grey, its place in Grey.
// A new raw one needs its choice in pixel_format of node/camera/parameters.go, too, and in
// message/encoding.go its name if sensor_msgs has another. ffmpegImages in unsupported.go has
// the name of a new FourCC, if ffmpeg has one. Tests here and in cmd/av_capture fail with the
// name of an encoding that one of the others lacks.
//
// Definitions: the kernel's Documentation/userspace-api/media/v4l/pixfmt-*.rst.
var pixelFormats = []pixelFormat{
	{code: bgr3, encoding: "bgr8", raw: "bgr8", bits: 24},
	{code: rgb3, encoding: "rgb8", raw: "rgb8", bits: 24},
	{code: yuyv, encoding: "yuv422_yuy2", raw: "yuv422_yuy2", bits: 16, cropped: true},
	{code: uyvy, encoding: "uyvy", raw: "uyvy", bits: 16, cropped: true},
	{code: fourCC("YVYU"), encoding: "YVYU", bits: 16, cropped: true},
	{code: fourCC("VYUY"), encoding: "VYUY", bits: 16, cropped: true},
	{code: fourCC("422P"), encoding: "422P", bits: 8, chroma: planes422, cropped: true},
	// 32 bits: the letters of the encoding are the bytes in memory.
	{code: fourCC("XR24"), encoding: "BGRX", bits: 32},
	{code: fourCC("AR24"), encoding: "BGRX", bits: 32},
	{code: fourCC("BGR4"), encoding: "BGRX", bits: 32},
	{code: fourCC("XB24"), encoding: "RGBX", bits: 32},
	{code: fourCC("AB24"), encoding: "RGBX", bits: 32},
	{code: fourCC("BX24"), encoding: "XRGB", bits: 32},
	{code: fourCC("BA24"), encoding: "XRGB", bits: 32},
	{code: fourCC("RGB4"), encoding: "XRGB", bits: 32},
	{code: fourCC("RX24"), encoding: "XBGR", bits: 32},
	{code: fourCC("RA24"), encoding: "XBGR", bits: 32},
	{code: fourCC("NV12"), encoding: "NV12", bits: 8, chroma: interleaved420, cropped: true},
	{code: fourCC("NV21"), encoding: "nv21", raw: "nv21", bits: 8, chroma: interleaved420, cropped: true},
	{code: fourCC("YU12"), encoding: "YU12", bits: 8, chroma: planes420, cropped: true},
	{code: fourCC("YV12"), encoding: "YV12", bits: 8, chroma: planes420, cropped: true},
	{code: fourCC("NM12"), encoding: "NV12", bits: 8, chroma: interleaved420, split: true, cropped: true},
	{code: fourCC("NM21"), encoding: "nv21", bits: 8, chroma: interleaved420, split: true, cropped: true},
	{code: fourCC("YM12"), encoding: "YU12", bits: 8, chroma: planes420, split: true, cropped: true},
	{code: fourCC("YM21"), encoding: "YV12", bits: 8, chroma: planes420, split: true, cropped: true},
	{code: fourCC("RGBP"), encoding: "RGBP", bits: 16},
	{code: grey, encoding: "mono8", raw: "mono8", bits: 8},
	{code: mjpg, encoding: media.JPEG, raw: media.JPEG},
	{code: jpeg, encoding: media.JPEG, raw: media.JPEG},
	{code: fourCC("H264"), encoding: "h264", raw: "h264", stream: true},
	{code: fourCC("HEVC"), encoding: "hevc", raw: "hevc", stream: true},
	{code: fourCC("Y16 "), encoding: "mono16", raw: "mono16", bits: 16},
	{code: fourCC("Y12 "), encoding: "Y12", raw: "16UC1", bits: 16},
	{code: fourCC("Y10 "), encoding: "Y10", raw: "16UC1", bits: 16},
	{code: fourCC("BA81"), encoding: "bayer_bggr8", raw: "bayer_bggr8", bits: 8},
	{code: fourCC("GBRG"), encoding: "bayer_gbrg8", raw: "bayer_gbrg8", bits: 8},
	{code: fourCC("GRBG"), encoding: "bayer_grbg8", raw: "bayer_grbg8", bits: 8},
	{code: fourCC("RGGB"), encoding: "bayer_rggb8", raw: "bayer_rggb8", bits: 8},
}

// rank returns the place of a format among pixelFormats, or -1.
func rank(code FourCC) int {
	for i := range pixelFormats {
		if pixelFormats[i].code == code {
			return i
		}
	}
	return -1
}

// compressed reports whether an image is a file instead of rows.
func (f *pixelFormat) compressed() bool { return f.bits == 0 }

// yuv reports whether an image is luma and chroma.
func (f *pixelFormat) yuv() bool { return f.cropped }

// rowBytes returns the bytes of a row of the first plane that hold pixels.
func (f *pixelFormat) rowBytes(width int) int { return (width*f.bits + 7) / 8 }

// plane is one plane of an image: rows of bytes, step apart.
type plane struct{ step, rowBytes, rows int }

// size returns the bytes from the start of the first row to the end of the last.
func (p plane) size() int { return (p.rows-1)*p.step + p.rowBytes }

// planes returns the planes of an image, given the step of the first one.
func (f *pixelFormat) planes(width, height, step int) []plane {
	first := plane{step, f.rowBytes(width), height}
	half := plane{step / 2, (width + 1) / 2, (height + 1) / 2}
	switch f.chroma {
	case interleaved420:
		return []plane{first, {step, 2 * half.rowBytes, half.rows}}
	case planes420:
		return []plane{first, half, half}
	case planes422:
		half.rows = height
		return []plane{first, half, half}
	}
	return []plane{first}
}
