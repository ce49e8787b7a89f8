package synthetic

import (
	"bytes"
	"fmt"
	"testing"
)

func TestPatternDependsOnNumberAlone(t *testing.T) {
	for _, encoding := range Encodings {
		p := newPattern(640, 480, pixelFormats[encoding])
		first, second := make([]byte, 480*p.step), make([]byte, 480*p.step)
		p.draw(first, 1000)
		// Earlier images must leave no trace.
		for number := range uint32(50) {
			p.draw(second, 4_000_000_000+number)
		}
		p.draw(second, 1000)
		if !bytes.Equal(first, second) {
			t.Errorf("%s: the same number gave two different pictures", encoding)
		}
	}
}

func TestPatternMovesInEveryBand(t *testing.T) {
	for _, encoding := range Encodings {
		p := newPattern(640, 480, pixelFormats[encoding])
		one, two := make([]byte, 480*p.step), make([]byte, 480*p.step)
		p.draw(one, 7)
		p.draw(two, 8)
		for i, band := range p.bands {
			// The first row below the frame number and left of the digits.
			y := max(band.top, numberRows*p.side)
			if bytes.Equal(one[y*p.step:(y+1)*p.step], two[y*p.step:(y+1)*p.step]) {
				t.Errorf("%s: band %d does not move", encoding, i)
			}
		}
		y := p.plateTop + len(p.plateRows)/2
		middle := y*p.step + p.step/2
		if end := middle + p.format.size; bytes.Equal(one[middle:end], two[middle:end]) {
			t.Errorf("%s: the zone plate does not move", encoding)
		}
	}
}

func TestPatternIsTheSamePictureInEveryEncoding(t *testing.T) {
	const width, height, number = 640, 480, 31
	rgb8 := render(t, width, height, "rgb8", number)
	bgr8 := render(t, width, height, "bgr8", number)
	mono8 := render(t, width, height, "mono8", number)
	yuy2 := render(t, width, height, "yuv422_yuy2", number)
	uyvy := render(t, width, height, "uyvy", number)
	for i := range width * height {
		r, g, b := rgb8[3*i], rgb8[3*i+1], rgb8[3*i+2]
		if bgr8[3*i] != b || bgr8[3*i+1] != g || bgr8[3*i+2] != r {
			t.Fatalf("pixel %d: bgr8 is %v, rgb8 is %v", i, bgr8[3*i:3*i+3], rgb8[3*i:3*i+3])
		}
		// Integer weights of BT.601.
		luma := (299*int(r) + 587*int(g) + 114*int(b)) / 1000
		if d := int(mono8[i]) - luma; d < -1 || d > 1 {
			t.Fatalf("pixel %d: mono8 is %d, luma of rgb8 %d", i, mono8[i], luma)
		}
		if d := int(yuy2[2*i]) - (16 + 219*luma/255); d < -2 || d > 2 {
			t.Fatalf("pixel %d: Y is %d, luma of rgb8 %d", i, yuy2[2*i], luma)
		}
		if uyvy[2*i] != yuy2[2*i+1] || uyvy[2*i+1] != yuy2[2*i] {
			t.Fatalf("pixel %d: uyvy is %v, yuv422_yuy2 is %v", i, uyvy[2*i:2*i+2], yuy2[2*i:2*i+2])
		}
		if i%2 == 1 || !bytes.Equal(rgb8[3*i:3*i+3], rgb8[3*i+3:3*i+6]) {
			continue // chroma is a mean of two different colours
		}
		u, v := int(yuy2[2*i+1]), int(yuy2[2*i+3])
		wantU := 128 + (-38*int(r)-74*int(g)+112*int(b))/256
		wantV := 128 + (112*int(r)-94*int(g)-18*int(b))/256
		if du, dv := u-wantU, v-wantV; du < -2 || du > 2 || dv < -2 || dv > 2 {
			t.Fatalf("pixel %d: chroma is %d, %d, want %d, %d", i, u, v, wantU, wantV)
		}
	}
}

func TestPatternDrawsDigitsOfNumber(t *testing.T) {
	const width, height = 640, 480
	p := newPattern(width, height, pixelFormats["mono8"])
	pixels := make([]byte, width*height)
	for _, number := range []uint32{0, 9, 10, 4294967295} {
		p.draw(pixels, number)
		for i, character := range fmt.Sprint(number) {
			for y := range digitHeight {
				for x := range digitWidth {
					row := height - (digitHeight+2)*p.cell + y*p.cell + p.cell/2
					column := 2*p.cell + (i*(digitWidth+1)+x)*p.cell + p.cell/2
					want := byte(0)
					if digits[character-'0'][y]>>(digitWidth-1-x)&1 == 1 {
						want = 255
					}
					if got := pixels[row*width+column]; got != want {
						t.Fatalf("%d: digit %d, cell %d, %d: got %d, want %d", number, i, x, y, got, want)
					}
				}
			}
		}
	}
}

func TestPatternStaysInsideOfAnySize(t *testing.T) {
	for _, encoding := range Encodings {
		for width := MinWidth; width < 2000; width += 214 {
			for height := MinHeight; height < 1200; height += 171 {
				// Slices of the exact length: a write outside panics.
				render(t, width, height, encoding, 123456789)
			}
		}
	}
}

func BenchmarkPatternDraw(b *testing.B) {
	for _, encoding := range Encodings {
		b.Run(encoding, func(b *testing.B) {
			p := newPattern(1920, 1080, pixelFormats[encoding])
			pixels := make([]byte, 1080*p.step)
			b.SetBytes(int64(len(pixels)))
			b.ReportAllocs()
			number := uint32(0)
			for b.Loop() {
				p.draw(pixels, number)
				number++
			}
		})
	}
}
