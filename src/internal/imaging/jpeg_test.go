package imaging

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"testing"

	"av_capture/src/internal/acquire"
)

// smooth returns an image whose colours change slowly, which JPEG keeps: red
// grows to the right, green downwards, blue is in the middle.
func smooth(t testing.TB, width, height int, encoding string) *acquire.Image {
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

// Go's own decoder is the judge: what it sees are the colours that were there.
func TestEncodeKeepsColours(t *testing.T) {
	const width, height = 64, 48
	var e Encoder
	defer e.Close()
	for _, encoding := range []string{"bgr8", "rgb8", "mono8", yuyv, uyvy} {
		file, err := e.Encode(smooth(t, width, height, encoding), 95)
		if err != nil {
			t.Fatal(err)
		}
		wanted := JPEGFrame{width, height, 3}
		if encoding == "mono8" {
			wanted.Components = 1
		}
		if got, ok := ReadJPEGFrame(file); !ok || got != wanted {
			t.Errorf("%s: the frame is %v, %t, want %v", encoding, got, ok, wanted)
		}
		decoded, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatalf("%s: %v", encoding, err)
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

func TestDecodeGivesBackWhatWasEncoded(t *testing.T) {
	var e Encoder
	defer e.Close()
	var d Decoder
	defer d.Close()
	for _, size := range []image.Point{{64, 48}, {33, 17}, {64, 48}} {
		img := smooth(t, size.X, size.Y, "bgr8")
		file, err := e.Encode(img, 100)
		if err != nil {
			t.Fatal(err)
		}
		compressed := &acquire.Image{Data: file, Width: size.X, Height: size.Y, Encoding: acquire.JPEG, Stamp: 5, Sequence: 6}
		for _, encoding := range []string{"bgr8", "mono8"} {
			got, err := d.Decode(compressed, encoding)
			if err != nil {
				t.Fatal(err)
			}
			if got.Width != size.X || got.Height != size.Y || got.Encoding != encoding || got.Step != size.X*bytesPerPixel[encoding] ||
				len(got.Data) != got.Step*size.Y || got.Stamp != 5 || got.Sequence != 6 {
				t.Fatalf("got %dx%d %s, step %d, %d bytes", got.Width, got.Height, got.Encoding, got.Step, len(got.Data))
			}
			if encoding != "bgr8" {
				continue
			}
			for i := range got.Data {
				if off := int(got.Data[i]) - int(img.Data[i]); off < -9 || off > 9 {
					t.Fatalf("byte %d is %d, was %d", i, got.Data[i], img.Data[i])
				}
			}
		}
	}
}

func TestDecodeRefusesWhatIsNoJPEG(t *testing.T) {
	var d Decoder
	defer d.Close()
	noise := randomImage(t, 100, 1, "mono8")
	for _, data := range [][]byte{nil, noise.Data} {
		if _, err := d.Decode(&acquire.Image{Data: data, Encoding: acquire.JPEG}, "bgr8"); err == nil {
			t.Errorf("%d bytes of noise were decoded", len(data))
		}
	}
	// And is none the worse for it.
	var e Encoder
	defer e.Close()
	file, err := e.Encode(smooth(t, 8, 8, "bgr8"), 90)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Decode(&acquire.Image{Data: file, Encoding: acquire.JPEG}, "bgr8"); err != nil {
		t.Error(err)
	}
}

func TestReadJPEGFrameReadsNothingBeyondTheFile(t *testing.T) {
	var e Encoder
	defer e.Close()
	file, err := e.Encode(smooth(t, 24, 8, "mono8"), 90)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for n := range file {
		switch got, ok := ReadJPEGFrame(file[:n:n]); {
		case !ok:
		case got != JPEGFrame{24, 8, 1}:
			t.Errorf("the frame in the first %d bytes is %v", n, got)
		default:
			found++
		}
	}
	if found == 0 || found == len(file) {
		t.Errorf("the frame is in %d of %d beginnings of a file", found, len(file))
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

func BenchmarkDecode(b *testing.B) {
	for _, size := range formats {
		var e Encoder
		defer e.Close()
		file, err := e.Encode(smooth(b, size.X, size.Y, "bgr8"), 95)
		if err != nil {
			b.Fatal(err)
		}
		img := &acquire.Image{Data: file, Width: size.X, Height: size.Y, Encoding: acquire.JPEG}
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			var d Decoder
			defer d.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := d.Decode(img, "bgr8"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
