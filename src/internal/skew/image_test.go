package skew

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"av_capture/src/internal/media"
)

// grey returns an image whose light has one value, and other bytes others. Rows are padded
// with 0xaa.
func grey(encoding string, width, height int, value byte) *media.Image {
	l := layouts[encoding]
	img := &media.Image{Width: width, Height: height, Step: width*l.pixel + 5, Encoding: encoding}
	for range height {
		for range width {
			pixel := make([]byte, l.pixel)
			for i := range pixel {
				pixel[i] = 0x55
			}
			for i := range l.count {
				pixel[l.first+i] = value
			}
			if l.wide {
				binary.LittleEndian.PutUint16(pixel, uint16(math.Round(65535*math.Pow(float64(value)/255, 2.2))))
			}
			img.Data = append(img.Data, pixel...)
		}
		img.Data = append(img.Data, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa)
	}
	img.Data = append(img.Data, make([]byte, 100)...) // as the chroma of a planar encoding
	return img
}

func TestLightIsThatOfThePixelsInEveryEncoding(t *testing.T) {
	for encoding := range layouts {
		for _, value := range []byte{0, 1, 20, 128, 235, 255} {
			got, err := Light(grey(encoding, 31, 17, value))
			want := math.Pow(float64(value)/255, 2.2)
			if err != nil || math.Abs(got-want) > 1e-5 {
				t.Errorf("%s of %d: light %v, %v, want %v", encoding, value, got, err, want)
			}
		}
	}
}

// An image that a rolling shutter has lit in part has that part of the light, at any size.
func TestLightOfAPartIsThatPart(t *testing.T) {
	for _, size := range [][2]int{{64, 48}, {640, 480}, {1920, 1080}, {3840, 2160}} {
		img := grey("bgr8", size[0], size[1], 10)
		lit := grey("bgr8", size[0], size[1], 210)
		for _, part := range []float64{0.1, 0.5, 0.77} {
			rows := int(part * float64(size[1]))
			mixed := *img
			mixed.Data = append(append([]byte(nil), lit.Data[:rows*lit.Step]...), img.Data[rows*img.Step:]...)
			dark, _ := Light(img)
			full, _ := Light(lit)
			got, err := Light(&mixed)
			if share := (got - dark) / (full - dark); err != nil || math.Abs(share-part) > 0.025 {
				t.Errorf("%v: %.3f of the light, %v, want %v", size, share, err, part)
			}
		}
	}
}

func TestMotionIsTheChangeOfTheGrid(t *testing.T) {
	for encoding, l := range layouts {
		var m Motion
		step := 0.2 // of 51 of 255
		if l.wide { // grey makes its values light
			step = math.Round(65535*math.Pow(61./255, 2.2)) - math.Round(65535*math.Pow(10./255, 2.2))
			step /= 1<<12 - 1 // 2827 is the largest value
		}
		for i, c := range []struct {
			value byte
			want  float64
		}{{10, 0}, {10, 0}, {61, step}, {10, step}, {10, 0}} {
			got, err := m.Of(grey(encoding, 300, 200, c.value))
			if err != nil || math.Abs(got-c.want) > 1e-9 {
				t.Errorf("%s, image %d: motion %v, %v, want %v", encoding, i, got, err, c.want)
			}
		}
		if got, err := m.Of(grey(encoding, 20, 20, 200)); err != nil || got != 0 {
			t.Errorf("%s: motion %v, %v, of an image of another size, want 0", encoding, got, err)
		}
	}
}

// Cameras of 10 and 12 bits leave the upper bits 0; full scale is that of the values so far.
func TestMotionOfSixteenBitsIsAShareOfTheRangeThatIsUsed(t *testing.T) {
	for _, bits := range []int{10, 12, 14, 16} {
		full := 1<<bits - 1
		for _, encoding := range []string{"16UC1", "mono16"} {
			var m Motion
			for i, c := range []struct {
				value int
				want  float64
			}{{full, 0}, {full / 2, 0.5}, {full/2 - 3, 3 / float64(full)}, {0, 0.5}, {full, 1}} {
				img := grey(encoding, 40, 30, 0)
				for y := range 30 {
					for x := range 40 {
						binary.LittleEndian.PutUint16(img.Data[y*img.Step+2*x:], uint16(c.value))
					}
				}
				if got, err := m.Of(img); err != nil || math.Abs(got-c.want) > 4/float64(full) {
					t.Errorf("%s of %d bits, image %d: motion %v, %v, want %v", encoding, bits, i, got, err, c.want)
				}
			}
		}
	}
}

// A row may be so long that its bytes alone are more than Light looks at.
func TestLightOfWideLowImages(t *testing.T) {
	for encoding, sizes := range map[string][][2]int{
		"mono8":  {{1 << 19, 1}, {1 << 20, 4}, {1 << 20, 3}, {1 << 18, 2}, {1<<18 + 1, 2}},
		"mono16": {{1 << 19, 2}}, "bgra8": {{1 << 18, 4}},
	} {
		for _, size := range sizes {
			img := grey(encoding, size[0], size[1], 128)
			got, err := Light(img)
			if want := math.Pow(128./255, 2.2); err != nil || !(math.Abs(got-want) < 1e-5) {
				t.Errorf("%s %dx%d: light %v, %v, want %v", encoding, size[0], size[1], got, err, want)
			}
		}
	}
}

func TestImagesThatDoNotFitAreRefused(t *testing.T) {
	good := grey("bgr8", 16, 16, 0)
	for want, spoil := range map[string]func(*media.Image){
		"rgb24":   func(img *media.Image) { img.Encoding = "rgb24" },
		"bytes":   func(img *media.Image) { img.Data = img.Data[:100] },
		"step 47": func(img *media.Image) { img.Step = 47 },
		"step 0":  func(img *media.Image) { img.Step = 0 },
		"16x0":    func(img *media.Image) { img.Height = 0 },
		"0x16":    func(img *media.Image) { img.Width = 0 },
		"16x9223": func(img *media.Image) { img.Height = math.MaxInt64 },
		"9223":    func(img *media.Image) { img.Width, img.Step = math.MaxInt64, math.MaxInt64 },
	} {
		bad := *good
		spoil(&bad)
		var m Motion
		for name, f := range map[string]func(*media.Image) (float64, error){"light": Light, "motion": m.Of} {
			if _, err := f(&bad); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want a reason with %q", name, err, want)
			}
		}
	}
}

func TestLightAndMotionAllocateNothing(t *testing.T) {
	img := grey("bgr8", 640, 480, 100)
	var m Motion
	m.Of(img)
	m.Of(img)
	if n := testing.AllocsPerRun(10, func() { Light(img); m.Of(img) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkLight(b *testing.B) {
	img := grey("bgr8", 1920, 1080, 100)
	for b.Loop() {
		Light(img)
	}
}
