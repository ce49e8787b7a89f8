// Package synthetictest reads the frame number from images of package synthetic, for the
// tests of several packages. It goes by the documentation alone, as programs in other
// languages do, and shares no code with what draws the number.
package synthetictest

const (
	columns    = 8
	rows       = 5
	check      = 0xA5
	blackBelow = 88
	whiteAbove = 168
)

// layout is the place of the byte in a pixel that is nearest to luma.
type layout struct{ size, luma int }

var layouts = map[string]layout{
	"bgr8":        {3, 1},
	"rgb8":        {3, 1},
	"mono8":       {1, 0},
	"yuv422_yuy2": {2, 0},
	"uyvy":        {2, 1},
}

// FrameNumber reads the frame number from pixels, also after a compression as JPEG or a
// conversion to YUV. data holds rows of step bytes each; encoding is one of the camera's. It
// returns false if there is no valid number.
func FrameNumber(data []byte, width, height, step int, encoding string) (uint32, bool) {
	pixel, ok := layouts[encoding]
	side := 8 * max(1, min(width/320, height/240))
	if !ok || width < columns*side || height < rows*side ||
		step < width*pixel.size || len(data)/step < rows*side {
		return 0, false
	}
	var read [rows]byte
	for row := range read {
		for column := range columns {
			sum := 0
			for y := row*side + side/4; y < row*side+side*3/4; y++ {
				for x := column*side + side/4; x < column*side+side*3/4; x++ {
					sum += int(data[y*step+x*pixel.size+pixel.luma])
				}
			}
			switch mean := sum / (side / 2 * side / 2); {
			case mean > whiteAbove:
				read[row] |= 0x80 >> column
			case mean >= blackBelow:
				return 0, false
			}
		}
	}
	number := uint32(read[0])<<24 | uint32(read[1])<<16 | uint32(read[2])<<8 | uint32(read[3])
	return number, read[4] == check^read[0]^read[1]^read[2]^read[3]
}
