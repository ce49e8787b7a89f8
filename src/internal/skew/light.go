package skew

import (
	"encoding/binary"
	"math"

	"av_capture/src/internal/media"
)

// lightBytes is about the number of bytes that Light looks at: whole rows, evenly spread,
// since a rolling shutter exposes one row after another.
const lightBytes = 1 << 18

// FullScale returns the light of the largest value that a camera may give in an encoding, 0 to
// 1 as that of [Light]: those whose values have 16 bits may use 10 of them alone.
func FullScale(encoding string) float64 {
	if layouts[encoding].wide {
		return float64(least16) / 65535
	}
	return 1
}

// least16 is the largest value of 10 bits, the fewest that cameras give in 16.
const least16 = 1<<10 - 1

// linear is the light of a pixel's value, 0 to 65535. Cameras encode light with an exponent
// of about 1/2.2 (ITU-R BT.709, sRGB); only means of light itself tell shares of an exposure.
var linear = func() (table [256]uint64) {
	for i := range table {
		table[i] = uint64(math.Round(65535 * math.Pow(float64(i)/255, 2.2)))
	}
	return table
}()

// Light returns the mean light of an image, 0 to 1 of full scale, or an error if the image
// is of an unknown encoding or has too few bytes. It allocates nothing.
func Light(img *media.Image) (float64, error) {
	l, err := layoutOf(img)
	if err != nil {
		return 0, err
	}
	every := min(max(1, img.Height*img.Width*l.pixel/lightBytes), img.Height)
	var sum uint64
	rows := 0
	for y := every / 2; y < img.Height; y += every {
		sum += l.sum(img.Data[y*img.Step:][:img.Width*l.pixel])
		rows++
	}
	values := rows * img.Width * l.count
	if l.wide {
		values /= 2
	}
	return float64(sum) / 65535 / float64(values), nil
}

// sum returns the sum of the light of a row, 65535 for full scale.
func (l layout) sum(row []byte) (sum uint64) {
	switch {
	case l.wide:
		for ; len(row) >= 2; row = row[2:] {
			sum += uint64(binary.LittleEndian.Uint16(row))
		}
	case l.count == l.pixel:
		for _, value := range row {
			sum += linear[value]
		}
	default:
		for x := l.first; x < len(row); x += l.pixel {
			for _, value := range row[x:min(x+l.count, len(row))] {
				sum += linear[value]
			}
		}
	}
	return sum
}
