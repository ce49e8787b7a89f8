package dsp

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
)

// ColorMap names a colour map for levels.
type ColorMap string

// The colour maps of matplotlib. They are perceptually uniform: equal steps of level look
// equal, and brightness rises with the level, which suits print and colour-blind readers.
const (
	Viridis ColorMap = "viridis" // from dark violet over green to yellow
	Magma   ColorMap = "magma"   // from black over violet to a pale yellow
	Inferno ColorMap = "inferno" // from black over red to a pale yellow
	Gray    ColorMap = "gray"    // from black to white
)

// ColorMaps lists all of them.
var ColorMaps = []ColorMap{Viridis, Magma, Inferno, Gray}

// Color is red, green and blue, 0 to 255 each.
type Color [3]byte

// colors returns the 256 colours of a map, from the lowest level to the highest.
func (m ColorMap) colors() (colors [256]Color, err error) {
	if m == Gray {
		for i := range colors {
			colors[i] = Color{byte(i), byte(i), byte(i)}
		}
		return colors, nil
	}
	tables := map[ColorMap]string{Viridis: viridisTable, Magma: magmaTable, Inferno: infernoTable}
	table, err := hex.DecodeString(tables[m])
	if err != nil {
		return colors, fmt.Errorf("dsp: color map %q: %w", m, err)
	}
	if len(table) != 3*len(colors) {
		return colors, fmt.Errorf("dsp: unknown color map %q, must be one of %v", m, ColorMaps)
	}
	for i := range colors {
		colors[i] = Color(table[3*i:])
	}
	return colors, nil
}

// Painter maps levels to colours. Any goroutine may use it.
type Painter struct {
	colors  [256]Color
	minimum float64 // [dBFS] level of the first colour
	scale   float64 // colours per dB
	none    Color   // of NaN
}

// NewPainter returns a Painter that maps levels from minimum to maximum [dBFS] linearly to
// the colours of a map, and limits levels outside. NaN, which stands for no level, becomes
// a colour outside of the map: medium grey, or dark violet for [Gray]. The error names
// the unknown map or the wrong levels.
func NewPainter(colors ColorMap, minimum, maximum float64) (*Painter, error) {
	if !(minimum < maximum) || math.IsInf(maximum-minimum, 0) {
		return nil, fmt.Errorf("dsp: levels from %v to %v dBFS: the minimum must be below the maximum", minimum, maximum)
	}
	p := &Painter{minimum: minimum, none: Color{128, 128, 128}}
	var err error
	if p.colors, err = colors.colors(); err != nil {
		return nil, err
	}
	p.scale = float64(len(p.colors)-1) / (maximum - minimum)
	if slices.Contains(p.colors[:], p.none) {
		p.none = Color{64, 0, 96}
	}
	return p, nil
}

// Color returns the colour of a level [dBFS]; NaN stands for no level.
func (p *Painter) Color(level float32) Color {
	x := (float64(level)-p.minimum)*p.scale + 0.5
	switch {
	case x != x:
		return p.none
	case x < 0:
		return p.colors[0]
	case x >= float64(len(p.colors)):
		return p.colors[len(p.colors)-1]
	}
	return p.colors[int(x)]
}
