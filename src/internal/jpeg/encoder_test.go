package jpeg_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"gocv.io/x/gocv"

	"av_capture/src/internal/jpeg"
	"av_capture/src/internal/media"
)

// noisy returns an image with padding behind its rows.
func noisy(width, height, channels int, encoding string) *media.Image {
	step := width*channels + 5
	data := make([]byte, step*height)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range data {
		data[i] = byte(i%step + random.IntN(64))
	}
	return &media.Image{Width: width, Height: height, Step: step, Encoding: encoding, Data: data}
}

func TestFilesAreThoseOfOpenCV(t *testing.T) {
	var e jpeg.Encoder
	defer e.Close()
	for _, size := range [][2]int{{1, 1}, {17, 33}, {640, 480}, {8, 8}} {
		for encoding, channels := range map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1} {
			for _, quality := range []int{1, 50, 95, 100} {
				img := noisy(size[0], size[1], channels, encoding)
				file, err := e.Encode(img, quality)
				if err != nil {
					t.Fatal(err)
				}
				var packed []byte
				for y := range img.Height {
					packed = append(packed, img.Data[y*img.Step:y*img.Step+img.Width*channels]...)
				}
				kind := gocv.MatTypeCV8UC1
				if channels == 3 {
					kind = gocv.MatTypeCV8UC3
				}
				if encoding == "rgb8" {
					for i := 0; i < len(packed); i += 3 {
						packed[i], packed[i+2] = packed[i+2], packed[i]
					}
				}
				mat, err := gocv.NewMatFromBytes(img.Height, img.Width, kind, packed)
				if err != nil {
					t.Fatal(err)
				}
				want, err := gocv.IMEncodeWithParams(gocv.JPEGFileExt, mat, []int{gocv.IMWriteJpegQuality, quality})
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(file, want.GetBytes()) {
					t.Errorf("%dx%d, %s, quality %d: %d bytes differ from OpenCV's %d", img.Width, img.Height, encoding, quality, len(file), want.Len())
				}
				want.Close()
				mat.Close() // always nil
			}
		}
	}
}

func TestEncoderRefusesWhatIsNoImage(t *testing.T) {
	var e jpeg.Encoder
	defer e.Close()
	good := noisy(16, 16, 3, "bgr8")
	for want, change := range map[string]func(*media.Image){
		"want bgr8, rgb8 or mono8": func(img *media.Image) { img.Encoding = "yuv422" },
		"are no image of 16x17":    func(img *media.Image) { img.Height = 17 },
		"47 bytes to a row":        func(img *media.Image) { img.Step = 47 },
		"are no image of 0x16":     func(img *media.Image) { img.Width = 0 },
		"65500": func(img *media.Image) { // libjpeg's own word
			*img = media.Image{Width: 65501, Height: 1, Step: 65501, Encoding: "mono8", Data: make([]byte, 65501)}
		},
	} {
		img := *good
		change(&img)
		if _, err := e.Encode(&img, 90); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
		if _, err := e.Encode(good, 90); err != nil {
			t.Errorf("after %q: %v", want, err)
		}
	}
}

func TestEncoderAllocatesNothing(t *testing.T) {
	var e jpeg.Encoder
	defer e.Close()
	img := noisy(640, 480, 3, "bgr8")
	if allocations := testing.AllocsPerRun(10, func() {
		if _, err := e.Encode(img, 90); err != nil {
			t.Fatal(err)
		}
	}); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func BenchmarkEncode(b *testing.B) {
	for _, size := range [][2]int{{640, 480}, {1920, 1080}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			var e jpeg.Encoder
			defer e.Close()
			img := noisy(size[0], size[1], 3, "bgr8")
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Encode(img, 90); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
