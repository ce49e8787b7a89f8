package synthetic

// Encodings lists the pixel formats of [Camera] in the words of
// sensor_msgs/image_encodings.hpp.
var Encodings = []string{"bgr8", "rgb8", "mono8", "yuv422_yuy2", "uyvy"}

// rgb is a colour, 0 to 255 in each component.
type rgb struct{ r, g, b uint8 }

var (
	black = rgb{0, 0, 0}
	white = rgb{255, 255, 255}
)

// pixelFormat is the layout of an encoding in memory.
type pixelFormat struct {
	size  int                            // [bytes] per pixel
	group int                            // [pixels] that share bytes: widths and offsets are multiples of it
	pack  func(dst []byte, colors []rgb) // writes colors, as many as a multiple of group
}

var pixelFormats = map[string]pixelFormat{
	"bgr8": {size: 3, group: 1, pack: func(dst []byte, colors []rgb) {
		for i, c := range colors {
			dst[3*i], dst[3*i+1], dst[3*i+2] = c.b, c.g, c.r
		}
	}},
	"rgb8": {size: 3, group: 1, pack: func(dst []byte, colors []rgb) {
		for i, c := range colors {
			dst[3*i], dst[3*i+1], dst[3*i+2] = c.r, c.g, c.b
		}
	}},
	"mono8": {size: 1, group: 1, pack: func(dst []byte, colors []rgb) {
		for i, c := range colors {
			dst[i] = round8(0.299*float64(c.r) + 0.587*float64(c.g) + 0.114*float64(c.b))
		}
	}},
	"yuv422_yuy2": {size: 2, group: 2, pack: func(dst []byte, colors []rgb) { pack422(dst, colors, 0) }},
	"uyvy":        {size: 2, group: 2, pack: func(dst []byte, colors []rgb) { pack422(dst, colors, 1) }},
}

// pack422 writes two pixels in four bytes: luma alternates with chroma, the mean of both
// pixels. luma is the offset of the first luma, 0 or 1.
func pack422(dst []byte, colors []rgb, luma int) {
	for i := 0; i+1 < len(colors); i += 2 {
		y0, u0, v0 := yuv(colors[i])
		y1, u1, v1 := yuv(colors[i+1])
		pair := dst[2*i : 2*i+4]
		pair[luma], pair[luma+2] = round8(y0), round8(y1)
		pair[1-luma], pair[3-luma] = round8((u0+u1)/2), round8((v0+v1)/2)
	}
}

// yuv converts by ITU-R BT.601 in the limited range (Y 16 to 235, U and V 16 to 240), as
// webcams do and OpenCV expects of YUY2.
func yuv(c rgb) (y, u, v float64) {
	r, g, b := float64(c.r)/255, float64(c.g)/255, float64(c.b)/255
	luma := 0.299*r + 0.587*g + 0.114*b
	return 16 + 219*luma, 128 + 224*(b-luma)/1.772, 128 + 224*(r-luma)/1.402
}

// round8 rounds a number that is not negative and at most 255.
func round8(x float64) uint8 { return uint8(x + 0.5) }
