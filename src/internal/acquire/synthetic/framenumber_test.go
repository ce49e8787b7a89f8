package synthetic

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"

	"av_capture/src/internal/acquire/synthetic/synthetictest"
)

// sizes holds common sizes, the smallest one and awkward ones.
var sizes = []struct{ width, height int }{
	{MinWidth, MinHeight}, {66, 400}, {320, 240}, {640, 480}, {1280, 720}, {1366, 768}, {1920, 1080}, {2592, 1944},
}

var numbers = []uint32{0, 1, 255, 256, 0xA5, 0x12345678, 0xFFFFFFFF}

func render(t testing.TB, width, height int, encoding string, number uint32) []byte {
	t.Helper()
	p := newPattern(width, height, pixelFormats[encoding])
	pixels := make([]byte, height*p.step)
	p.draw(pixels, number)
	return pixels
}

func TestFrameNumberIsReadBackFromPixels(t *testing.T) {
	for _, encoding := range Encodings {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", encoding, size.width, size.height), func(t *testing.T) {
				for _, want := range numbers {
					pixels := render(t, size.width, size.height, encoding, want)
					got, ok := synthetictest.FrameNumber(pixels, size.width, size.height, len(pixels)/size.height, encoding)
					if !ok || got != want {
						t.Errorf("FrameNumber: got %d, %v, want %d, true", got, ok, want)
					}
				}
			})
		}
	}
}

func TestFrameNumberObeysStep(t *testing.T) {
	const width, height, padding = 640, 480, 20
	tight := render(t, width, height, "bgr8", 77)
	var padded []byte
	for y := range height {
		padded = append(padded, tight[y*3*width:(y+1)*3*width]...)
		padded = append(padded, bytes.Repeat([]byte{0x55}, padding)...)
	}
	if got, ok := synthetictest.FrameNumber(padded, width, height, 3*width+padding, "bgr8"); !ok || got != 77 {
		t.Errorf("FrameNumber: got %d, %v, want 77, true", got, ok)
	}
}

func TestFrameNumberSurvivesJPEG(t *testing.T) {
	for _, size := range sizes[:5] {
		for _, want := range []uint32{0, 0x12345678, 0xFFFFFFFF} {
			pixels := render(t, size.width, size.height, "rgb8", want)
			picture := image.NewRGBA(image.Rect(0, 0, size.width, size.height))
			for i := range size.width * size.height {
				copy(picture.Pix[4*i:], pixels[3*i:3*i+3])
				picture.Pix[4*i+3] = 255
			}
			var file bytes.Buffer
			// The worst quality: it halves the colours as well.
			if err := jpeg.Encode(&file, picture, &jpeg.Options{Quality: 1}); err != nil {
				t.Fatal(err)
			}
			decoded, err := jpeg.Decode(&file)
			if err != nil {
				t.Fatal(err)
			}
			for y := range size.height {
				for x := range size.width {
					c := color.RGBAModel.Convert(decoded.At(x, y)).(color.RGBA)
					copy(pixels[3*(y*size.width+x):], []byte{c.R, c.G, c.B})
				}
			}
			got, ok := synthetictest.FrameNumber(pixels, size.width, size.height, 3*size.width, "rgb8")
			if !ok || got != want {
				t.Errorf("%dx%d: FrameNumber: got %d, %v, want %d, true", size.width, size.height, got, ok, want)
			}
		}
	}
}

func TestFrameNumberRefusesWhatIsNone(t *testing.T) {
	const width, height = 640, 480
	noise := make([]byte, width*height)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	good := render(t, width, height, "mono8", 0x01020304)
	torn := append([]byte(nil), good...)
	side := numberSide(width, height)
	copy(torn[4*side*width:], render(t, width, height, "mono8", 0x01020305)[4*side*width:])

	tests := []struct {
		name     string
		data     []byte
		width    int
		height   int
		step     int
		encoding string
	}{
		{"black", make([]byte, width*height), width, height, width, "mono8"},
		{"white", bytes.Repeat([]byte{255}, width*height), width, height, width, "mono8"},
		{"noise", noise, width, height, width, "mono8"},
		{"torn between two images", torn, width, height, width, "mono8"},
		{"too few bytes", good[:4*side*width], width, height, width, "mono8"},
		{"no bytes", nil, width, height, width, "mono8"},
		{"step shorter than a row", good, width, height, width - 1, "mono8"},
		{"step of zero", good, width, height, 0, "mono8"},
		{"too small", good, 32, 32, 32, "mono8"},
		{"negative size", good, -640, -480, -640, "mono8"},
		{"unknown encoding", good, width, height, width, "bayer_rggb8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := synthetictest.FrameNumber(test.data, test.width, test.height, test.step, test.encoding); ok {
				t.Errorf("FrameNumber: got %d, true, want false", got)
			}
		})
	}
}
