package skew

import (
	"av_capture/src/internal/media"
)

// motionSide is the number of columns and rows of the grid that Motion looks at.
const motionSide = 128

// Motion measures the change from image to image. The zero Motion is ready; one goroutine
// uses it.
type Motion struct {
	before []byte // the grid of the image before
	grid   []byte
}

// Of returns the mean change of an image's values since the image before, 0 to 1 of full
// scale, or an error as [Light] does. It is 0 for the first image.
func (m *Motion) Of(img *media.Image) (float64, error) {
	l, err := layoutOf(img)
	if err != nil {
		return 0, err
	}
	at := l.first
	if l.count == 3 {
		at++ // green
	} else if l.wide {
		at++ // the upper byte
	}
	columns, rows := min(motionSide, img.Width), min(motionSide, img.Height)
	m.before, m.grid = m.grid, m.before[:0]
	for y := range rows {
		row := img.Data[y*img.Height/rows*img.Step:]
		for x := range columns {
			m.grid = append(m.grid, row[x*img.Width/columns*l.pixel+at])
		}
	}
	if len(m.before) != len(m.grid) {
		return 0, nil
	}
	sum := 0
	for i, value := range m.grid {
		sum += max(int(value), int(m.before[i])) - min(int(value), int(m.before[i]))
	}
	return float64(sum) / 255 / float64(len(m.grid)), nil
}
