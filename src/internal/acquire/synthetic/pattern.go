package synthetic

import (
	"encoding/binary"
	"math"
)

// pattern draws the test pattern. From top to bottom: colour bars that move to
// the left, a rainbow that moves to the right and a grey ramp that moves to
// the left; over them, in the middle, a zone plate whose rings move outwards;
// at the bottom left the frame number for people, at the top left the one for
// programs.
//
// All rows are made once, twice as wide as the image: each row of an image is a copy from
// an offset that moves. The image is a function of the frame number alone.
type pattern struct {
	width, height int
	step          int // [bytes] per row
	format        pixelFormat

	bands []band

	// The zone plate: the phase of each pixel, row by row, and where in the
	// image each row of it lies.
	plateTop   int
	plateRows  []plateRow
	platePixel [256]uint64 // a pixel for each phase, its first byte the lowest

	flash flash

	side         int    // of a block of the frame number [pixels]
	black, white []byte // one row of a block

	cell   int                     // side of a digit's cell [pixels]; 0 if the image is too small for digits
	glyphs [10][digitHeight][]byte // one row of pixels for each row of cells
	box    []byte                  // one row of the black box around as many digits as there can be
}

// band is a part of the image whose rows are all alike.
type band struct {
	top, bottom int    // [pixels] rows
	row         []byte // twice the width
	speed       int    // [pixels] to the left per image
}

// plateRow is a row of the zone plate.
type plateRow struct {
	left  int    // [pixels] column of its first pixel
	phase []byte // 1/256 of a period
}

// platePhase is the movement of the rings per image, in 1/256 of a period.
const platePhase = 12

// newPattern makes a pattern of a valid size.
func newPattern(width, height int, format pixelFormat) *pattern {
	p := &pattern{
		width:  width,
		height: height,
		step:   width * format.size,
		format: format,
		side:   numberSide(width, height),
	}
	// Once across the image in about 240 images. An even number of pixels keeps the
	// chroma of YUV where it is.
	speed := max(2, width/240&^1)
	rainbowTop, rampTop := height*3/4, height*7/8
	p.bands = []band{
		{0, rainbowTop, p.doubleRow(bar), speed},
		{rainbowTop, rampTop, p.doubleRow(rainbow), -speed},
		{rampTop, height, p.doubleRow(ramp), speed},
	}
	p.makePlate()
	p.black, p.white = p.solid(black, p.side), p.solid(white, p.side)
	p.makeGlyphs()
	return p
}

// doubleRow draws a row twice, from color, a function of the position in the row: 0 or more
// and below 1.
func (p *pattern) doubleRow(color func(float64) rgb) []byte {
	colors := make([]rgb, 2*p.width)
	for x := range colors {
		colors[x] = color(float64(x%p.width) / float64(p.width))
	}
	row := make([]byte, len(colors)*p.format.size)
	p.format.pack(row, colors)
	return row
}

// solid makes a row of n pixels of one color.
func (p *pattern) solid(color rgb, n int) []byte {
	colors := make([]rgb, n)
	for i := range colors {
		colors[i] = color
	}
	row := make([]byte, n*p.format.size)
	p.format.pack(row, colors)
	return row
}

// bar returns television's colour bars of 75 % amplitude and 100 % white, the brightest
// first.
func bar(position float64) rgb {
	const level = 191
	return [8]rgb{
		white,
		{level, level, 0},
		{0, level, level},
		{0, level, 0},
		{level, 0, level},
		{level, 0, 0},
		{0, 0, level},
		black,
	}[int(position*8)]
}

// rainbow runs once through all hues, red to red.
func rainbow(position float64) rgb {
	channel := func(offset float64) uint8 {
		return round8(127.5 + 127.5*math.Cos(2*math.Pi*(position-offset)))
	}
	return rgb{channel(0), channel(1. / 3), channel(2. / 3)}
}

// ramp runs from black to white.
func ramp(position float64) rgb {
	grey := uint8(position * 256)
	return rgb{grey, grey, grey}
}

// makePlate computes a zone plate: grey = cos(k r²), whose local frequency
// k r / π grows from 0 in the middle to 1/8 of a period per pixel at the rim.
func (p *pattern) makePlate() {
	radius := float64(min(p.width, p.height)) * 0.3
	centreX, centreY := p.width/2, p.height*3/8
	// r² k/2π periods; its derivative r k/π is 1/8 at the radius.
	periods := 1 / (16 * radius)
	p.plateTop = centreY - int(radius)
	for y := p.plateTop; y <= centreY+int(radius); y++ {
		dy := float64(y - centreY)
		half := int(math.Sqrt(radius*radius - dy*dy))
		// Even columns, so that the image is the same in every format.
		left, right := (centreX-half)&^1, (centreX+half)&^1
		phase := make([]byte, right-left)
		for i := range phase {
			dx := float64(left + i - centreX)
			phase[i] = byte(int((dx*dx + dy*dy) * periods * 256))
		}
		p.plateRows = append(p.plateRows, plateRow{left, phase})
	}
	for i := range p.platePixel {
		grey := round8(127.5 + 127.5*math.Cos(2*math.Pi*float64(i)/256))
		// Grey is the same in all pixels of a group: U and V are both 128.
		pixel := p.solid(rgb{grey, grey, grey}, p.format.group)[:p.format.size]
		for b, value := range pixel {
			p.platePixel[i] |= uint64(value) << (8 * b)
		}
	}
}

// makeGlyphs draws the digits, if there is room below the frame number for programs.
func (p *pattern) makeGlyphs() {
	cell := p.side / 4
	if p.height < numberRows*p.side+(digitHeight+3)*cell || p.width < 11*(digitWidth+1)*cell {
		return
	}
	p.cell = cell
	p.box = p.solid(black, (10*(digitWidth+1)+1)*cell)
	for digit, rows := range digits {
		for y, bits := range rows {
			colors := make([]rgb, (digitWidth+1)*cell)
			for x := range digitWidth * cell {
				if bits>>(digitWidth-1-x/cell)&1 == 1 {
					colors[x] = white
				}
			}
			p.glyphs[digit][y] = make([]byte, len(colors)*p.format.size)
			p.format.pack(p.glyphs[digit][y], colors)
		}
	}
}

// draw writes the image with a number into dst, height rows of step bytes. It allocates
// nothing.
func (p *pattern) draw(dst []byte, number uint32) {
	for i := range p.bands {
		b := &p.bands[i]
		// Modulo in 64 bits: the number times the speed may pass 32.
		shift := int(int64(number) * int64(b.speed) % int64(p.width))
		if shift < 0 {
			shift += p.width
		}
		// An even shift of an odd width comes around to an odd one, which is right for
		// formats of single pixels; formats of pixel groups have even widths only.
		row := b.row[shift*p.format.size:][:p.step]
		for y := b.top; y < b.bottom; y++ {
			copy(dst[y*p.step:], row)
		}
	}
	p.drawPlate(dst, number)
	p.drawNumbers(dst, number)
}

// drawNumbers draws the frame number for people and the one for programs.
func (p *pattern) drawNumbers(dst []byte, number uint32) {
	p.drawDigits(dst, number)
	p.drawNumber(dst, number)
}

func (p *pattern) drawPlate(dst []byte, number uint32) {
	size := p.format.size
	move := byte(number * platePhase)
	last := len(p.plateRows) - 1
	// The plate is its own mirror image: the lower half is copied from the upper.
	for i := range p.plateRows[:last/2+1] {
		row := &p.plateRows[i]
		left, width := row.left*size, len(row.phase)*size
		out := dst[(p.plateTop+i)*p.step+left:][:width]
		switch size {
		case 1:
			for x, phase := range row.phase {
				out[x] = byte(p.platePixel[phase-move])
			}
		case 2:
			for x, phase := range row.phase {
				binary.LittleEndian.PutUint16(out[2*x:], uint16(p.platePixel[phase-move]))
			}
		case 3:
			p.drawPlateRow3(out, row.phase, move)
		}
		copy(dst[(p.plateTop+last-i)*p.step+left:], out)
	}
}

// drawPlateRow3 draws a row of the plate with three bytes per pixel, four pixels at a time.
// It writes two bytes too many, which the next four pixels overwrite.
func (p *pattern) drawPlateRow3(out, phase []byte, move byte) {
	pixel := &p.platePixel
	for len(phase) >= 4 && len(out) >= 14 {
		four := binary.LittleEndian.Uint32(phase)
		binary.LittleEndian.PutUint64(out, pixel[byte(four)-move]|pixel[byte(four>>8)-move]<<24)
		binary.LittleEndian.PutUint64(out[6:], pixel[byte(four>>16)-move]|pixel[byte(four>>24)-move]<<24)
		phase, out = phase[4:], out[12:]
	}
	for x := range phase {
		grey := byte(pixel[phase[x]-move])
		out[3*x], out[3*x+1], out[3*x+2] = grey, grey, grey
	}
}

func (p *pattern) drawDigits(dst []byte, number uint32) {
	if p.cell == 0 {
		return
	}
	count := 1
	for n := number; n >= 10; n /= 10 {
		count++
	}
	width := (digitWidth + 1) * p.cell * p.format.size // [bytes] of a digit
	top := p.height - (digitHeight+2)*p.cell
	left := 2 * p.cell * p.format.size
	margin := p.cell * p.format.size
	box := p.box[:margin+count*width]
	for y := top - p.cell; y < top+(digitHeight+1)*p.cell; y++ {
		copy(dst[y*p.step+left-margin:], box)
	}
	for i := count - 1; i >= 0; i-- {
		glyph := &p.glyphs[number%10]
		number /= 10
		for y := range digitHeight * p.cell {
			copy(dst[(top+y)*p.step+left+i*width:], glyph[y/p.cell])
		}
	}
}

func (p *pattern) drawNumber(dst []byte, number uint32) {
	width := p.side * p.format.size // [bytes] of a block
	for row, bits := range numberBytes(number) {
		for column := range numberColumns {
			block := p.black
			if bits&(0x80>>column) != 0 {
				block = p.white
			}
			for y := row * p.side; y < (row+1)*p.side; y++ {
				copy(dst[y*p.step+column*width:], block)
			}
		}
	}
}
