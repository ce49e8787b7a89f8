package synthetic

import (
	"math"
	"time"
)

// Pattern is the content of a [Camera]'s images, beside the frame number.
type Pattern string

// The patterns.
const (
	// Moving is the moving test pattern.
	Moving Pattern = "moving"

	// Flashes is black, and white from each whole second of the system's time, which is
	// ROS time, for a fifth of a second. Each image is as bright as the share of its
	// period, from its stamp on, in which there is light: as a camera's whose exposure
	// takes all of the period. With the signal [Impulses] it flashes and clicks.
	Flashes Pattern = "flashes"
)

// Patterns lists all of them.
var Patterns = []Pattern{Moving, Flashes}

// devices are the names of cameras, by their patterns.
var devices = map[Pattern]string{Moving: "synthetic test pattern", Flashes: "synthetic flashes"}

// flashLength is the time that a flash lasts.
const flashLength = time.Second / 5

// gamma is the exponent by which cameras encode light.
const gamma = 2.2

// flashShare returns the share of an exposure in which there is light.
func flashShare(begin time.Time, exposure time.Duration) float64 {
	return float64(lit(begin.Add(exposure))-lit(begin)) / float64(exposure)
}

// lit returns the time of light from the beginning of Unix time until then.
func lit(until time.Time) time.Duration {
	return time.Duration(until.Unix())*flashLength + min(time.Duration(until.Nanosecond()), flashLength)
}

// flash holds the newest row of an image of one colour.
type flash struct {
	grey   uint8
	colors []rgb
	row    []byte // nil before the first
}

// drawFlash draws an image of one colour, with this share of full light.
func (p *pattern) drawFlash(dst []byte, number uint32, share float64) {
	f := &p.flash
	grey := round8(255 * math.Pow(share, 1/gamma))
	if f.row == nil {
		f.colors, f.row = make([]rgb, p.width), make([]byte, p.step)
		f.grey = ^grey
	}
	if grey != f.grey {
		f.grey = grey
		for i := range f.colors {
			f.colors[i] = rgb{grey, grey, grey}
		}
		p.format.pack(f.row, f.colors)
	}
	for y := range p.height {
		copy(dst[y*p.step:], f.row)
	}
	p.drawNumbers(dst, number)
}
