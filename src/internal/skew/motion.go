package skew

import (
	"encoding/binary"
	"math/bits"

	"av_capture/src/internal/media"
)

// motionSide is the number of columns and rows of the grid that Motion looks at.
const motionSide = 128

// Motion measures the change from image to image. The zero Motion is ready; one goroutine
// uses it.
type Motion struct {
	before []uint16 // the grid of the image before
	grid   []uint16

	// largest is the largest value of 16 bits so far: cameras of 10 or 12 bits leave the
	// others 0.
	largest uint16
}

// Of returns the mean change of an image's values since the image before, 0 to 1 of full
// scale, or an error as [Light] does. It is 0 for the first image. Full scale of 16 bits is
// that of the fewest bits, 10 or more, that hold all values so far.
func (m *Motion) Of(img *media.Image) (float64, error) {
	l, err := layoutOf(img)
	if err != nil {
		return 0, err
	}
	at := l.first
	if l.count == 3 {
		at++ // green
	}
	columns, rows := min(motionSide, img.Width), min(motionSide, img.Height)
	m.before, m.grid = m.grid, m.before[:0]
	for y := range rows {
		row := img.Data[y*img.Height/rows*img.Step:]
		for x := range columns {
			pixel := row[x*img.Width/columns*l.pixel+at:]
			value := uint16(pixel[0])
			if l.wide {
				value = binary.LittleEndian.Uint16(pixel)
				m.largest = max(m.largest, value)
			}
			m.grid = append(m.grid, value)
		}
	}
	if len(m.before) != len(m.grid) {
		return 0, nil
	}
	sum := 0
	for i, value := range m.grid {
		sum += int(max(value, m.before[i]) - min(value, m.before[i]))
	}
	full := 255
	if l.wide {
		full = 1<<bits.Len16(max(m.largest, least16)) - 1
	}
	return float64(sum) / float64(full) / float64(len(m.grid)), nil
}
