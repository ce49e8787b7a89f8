package imaging

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"av_capture/src/internal/media"
)

// smooth returns an image whose colours change slowly, which JPEG keeps: red
// grows to the right, green downwards, blue is in the middle.
func smooth(t testing.TB, width, height int, encoding string) *media.Image {
	t.Helper()
	img := randomImage(t, width, height, encoding)
	for y := range height {
		for x := range width {
			r, g, b := byte(x*255/width), byte(y*255/height), byte(128)
			pixel := img.Data[y*img.Step+x*bytesPerPixel[encoding]:]
			switch encoding {
			case "bgr8":
				pixel[0], pixel[1], pixel[2] = b, g, r
			case "rgb8":
				pixel[0], pixel[1], pixel[2] = r, g, b
			case "mono8":
				pixel[0] = g
			default:
				// By ITU-R BT.601 in the limited range, as webcams send it.
				even := byte(x / 2 * 2 * 255 / width)
				luma := (0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b)) / 255
				shared := (0.299*float64(even) + 0.587*float64(g) + 0.114*float64(b)) / 255
				chroma := 128 + 224*(float64(b)/255-shared)/1.772
				if x%2 == 1 {
					chroma = 128 + 224*(float64(even)/255-shared)/1.402
				}
				first, second := byte(16+219*luma), byte(chroma)
				if encoding == uyvy {
					first, second = second, first
				}
				pixel[0], pixel[1] = first, second
			}
		}
	}
	return img
}

// Go's own decoder finds the colours of the image.
func TestEncodeKeepsColours(t *testing.T) {
	const width, height = 64, 48
	var e Encoder
	defer e.Close()
	for _, encoding := range []string{"bgr8", "rgb8", "mono8", yuyv, uyvy} {
		file, err := e.Encode(smooth(t, width, height, encoding), 95)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", encoding, err)
		}
		if _, grey := decoded.(*image.Gray); grey != (encoding == "mono8") {
			t.Errorf("%s: the file holds a %T", encoding, decoded)
		}
		if decoded.Bounds() != image.Rect(0, 0, width, height) {
			t.Fatalf("%s: got %v", encoding, decoded.Bounds())
		}
		for y := range height {
			for x := range width {
				want := color.RGBA{byte(x * 255 / width), byte(y * 255 / height), 128, 255}
				if encoding == "mono8" {
					want = color.RGBA{want.G, want.G, want.G, 255}
				}
				got := color.RGBAModel.Convert(decoded.At(x, y)).(color.RGBA)
				off := max(math.Abs(float64(got.R)-float64(want.R)), math.Abs(float64(got.G)-float64(want.G)), math.Abs(float64(got.B)-float64(want.B)))
				if off > 12 {
					t.Fatalf("%s: (%d, %d) is %v, want about %v", encoding, x, y, got, want)
				}
			}
		}
	}
}

func TestEncodeQualityDecidesOnSize(t *testing.T) {
	var e Encoder
	defer e.Close()
	img := randomImage(t, 64, 64, "bgr8")
	last := 0
	for _, quality := range []int{1, 50, 95, 100} {
		file, err := e.Encode(img, quality)
		if err != nil {
			t.Fatal(err)
		}
		if len(file) <= last {
			t.Errorf("quality %d takes %d bytes, less than the lower one", quality, len(file))
		}
		last = len(file)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, encoding := range []string{"bgr8", "rgb8", "mono8", yuyv, uyvy} {
		for _, size := range formats {
			img := smooth(b, size.X, size.Y, encoding)
			b.Run(fmt.Sprintf("%s/%dx%d", encoding, size.X, size.Y), func(b *testing.B) {
				var e Encoder
				defer e.Close()
				b.ReportAllocs()
				for b.Loop() {
					if _, err := e.Encode(img, 95); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
