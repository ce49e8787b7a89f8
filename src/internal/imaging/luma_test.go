package imaging

import (
	"fmt"
	"math"
	"testing"
)

func TestLumaOfEachEncoding(t *testing.T) {
	var l Luma
	defer l.Close()
	var p OwnedImage
	defer p.Close()
	for _, size := range sizes {
		for encoding, bytes := range bytesPerPixel {
			img := randomImage(t, size.X, size.Y, encoding)
			if err := l.Convert(&p, img); err != nil {
				t.Fatal(err)
			}
			if p.Width != size.X || p.Height != size.Y || p.Step != size.X || p.Encoding != "mono8" || len(p.Data) != size.X*size.Y || p.Sequence != img.Sequence {
				t.Fatalf("%v %s: got %dx%d, step %d, %s, %d bytes", size, encoding, p.Width, p.Height, p.Step, p.Encoding, len(p.Data))
			}
			for i, got := range p.Data {
				pixel := img.Data[i*bytes:][:bytes]
				var want, slack float64
				switch encoding {
				case "bgr8":
					want, slack = 0.114*float64(pixel[0])+0.587*float64(pixel[1])+0.299*float64(pixel[2]), 1
				case "rgb8":
					want, slack = 0.299*float64(pixel[0])+0.587*float64(pixel[1])+0.114*float64(pixel[2]), 1
				case uyvy:
					want = float64(pixel[1])
				default:
					want = float64(pixel[0])
				}
				if math.Abs(float64(got)-want) > slack {
					t.Fatalf("%v %s: pixel %d of %v is %d, want %.2f", size, encoding, i, pixel, got, want)
				}
			}
		}
	}
}

func BenchmarkLuma(b *testing.B) {
	for _, encoding := range []string{"bgr8", yuyv} {
		for _, size := range formats {
			img := randomImage(b, size.X, size.Y, encoding)
			b.Run(fmt.Sprintf("%s/%dx%d", encoding, size.X, size.Y), func(b *testing.B) {
				var l Luma
				defer l.Close()
				var p OwnedImage
				defer p.Close()
				b.ReportAllocs()
				for b.Loop() {
					if err := l.Convert(&p, img); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
