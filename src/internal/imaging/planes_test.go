package imaging

import (
	"fmt"
	"image"
	"math/rand/v2"
	"testing"

	"av_capture/src/internal/media"

	"gocv.io/x/gocv"
)

// bytesPerPixel are the bytes of a pixel, by encoding.
var bytesPerPixel = map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1, yuyv: 2, uyvy: 2}

// randomImage returns an image of random bytes in OpenCV's memory.
func randomImage(t testing.TB, width, height int, encoding string) *media.Image {
	t.Helper()
	random := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	step := width * bytesPerPixel[encoding]
	memory := gocv.NewMatWithSize(1, step*height, gocv.MatTypeCV8UC1)
	t.Cleanup(func() { memory.Close() })
	data, err := memory.DataPtrUint8()
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return &media.Image{Data: data, Width: width, Height: height, Step: step, Encoding: encoding, Stamp: 12, Sequence: 34}
}

// sizes are all combinations of even and odd that packed 4:2:2 allows, below and above
// the length of vector instructions.
var sizes = []image.Point{{2, 1}, {4, 3}, {6, 2}, {30, 7}, {62, 5}, {64, 4}, {66, 3}, {126, 3}, {130, 9}, {642, 11}, {640, 480}}

// referencePlanes takes an image apart byte by byte.
func referencePlanes(img *media.Image) []byte {
	at := map[string][4]int{yuyv: {0, 2, 1, 3}, uyvy: {1, 3, 0, 2}}[img.Encoding] // of Y0, Y1, U, V
	var planes []byte
	for y := range img.Height {
		row := img.Data[y*img.Step:][:2*img.Width]
		var luma, u, v []byte
		for pair := 0; pair < len(row); pair += 4 {
			luma = append(luma, row[pair+at[0]], row[pair+at[1]])
			u = append(u, row[pair+at[2]])
			v = append(v, row[pair+at[3]])
		}
		planes = append(append(append(planes, luma...), u...), v...)
	}
	return planes
}

func TestPlanesAreTheBytesOfTheImage(t *testing.T) {
	var p OwnedImage
	defer p.Close()
	for _, encoding := range []string{yuyv, uyvy} {
		for _, size := range sizes {
			img := randomImage(t, size.X, size.Y, encoding)
			if err := p.Planes(img); err != nil {
				t.Fatal(err)
			}
			if p.Width != 2*size.X || p.Height != size.Y || p.Step != 2*size.X || p.Encoding != "mono8" || p.Stamp != 12 || p.Sequence != 34 {
				t.Errorf("%s %v: got %dx%d, step %d, %s, stamp %d, number %d", encoding, size, p.Width, p.Height, p.Step, p.Encoding, p.Stamp, p.Sequence)
			}
			if string(p.Data) != string(referencePlanes(img)) {
				t.Errorf("%s %v: other bytes than the image's", encoding, size)
			}
		}
	}
}

func TestPlanesOfPaddedRows(t *testing.T) {
	img := randomImage(t, 36, 5, yuyv)
	img.Width = 30 // the last 12 bytes of each row are padding
	var p OwnedImage
	defer p.Close()
	if err := p.Planes(img); err != nil {
		t.Fatal(err)
	}
	if string(p.Data) != string(referencePlanes(img)) {
		t.Error("other bytes than the image's")
	}
}

func TestPlanesRefuseWhatIsNotRaw(t *testing.T) {
	var p OwnedImage
	defer p.Close()
	short := randomImage(t, 8, 4, yuyv)
	short.Data = short.Data[:len(short.Data)-1]
	odd := randomImage(t, 8, 4, yuyv)
	odd.Width = 7
	for _, img := range []*media.Image{short, odd, randomImage(t, 8, 4, "bgr8"), {Encoding: yuyv}} {
		if err := p.Planes(img); err == nil {
			t.Errorf("%dx%d %s with %d bytes: taken apart", img.Width, img.Height, img.Encoding, len(img.Data))
		}
	}
}

// formats are the sizes that benchmarks are made for.
var formats = []image.Point{{640, 480}, {1920, 1080}}

func BenchmarkPlanes(b *testing.B) {
	for _, size := range formats {
		img := randomImage(b, size.X, size.Y, yuyv)
		b.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(b *testing.B) {
			var p OwnedImage
			defer p.Close()
			b.SetBytes(int64(len(img.Data)))
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Planes(img); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// OpenCV itself, for comparison: its fastest operations, into the same memory, with all
// matrices made before.
func BenchmarkPlanesByOpenCV(b *testing.B) {
	for _, size := range formats {
		img := randomImage(b, size.X, size.Y, yuyv)
		width, height := size.X, size.Y
		pixels, err := gocv.NewMatFromBytes(height, width, gocv.MatTypeCV8UC2, img.Data)
		if err != nil {
			b.Fatal(err)
		}
		defer pixels.Close()
		pairs, err := gocv.NewMatFromBytes(height, width/2, gocv.MatTypeCV8UC4, img.Data)
		if err != nil {
			b.Fatal(err)
		}
		defer pairs.Close()
		planes := gocv.NewMatWithSize(height, 2*width, gocv.MatTypeCV8UC1)
		defer planes.Close()
		luma := planes.Region(image.Rect(0, 0, width, height))
		defer luma.Close()
		u := planes.Region(image.Rect(width, 0, width*3/2, height))
		defer u.Close()
		v := planes.Region(image.Rect(width*3/2, 0, 2*width, height))
		defer v.Close()
		want := referencePlanes(img)
		check := func(b *testing.B) {
			if data, _ := planes.DataPtrUint8(); string(data) != string(want) {
				b.Fatal("other bytes than the image's")
			}
		}
		b.Run(fmt.Sprintf("ExtractChannel/%dx%d", width, height), func(b *testing.B) {
			b.SetBytes(int64(len(img.Data)))
			b.ReportAllocs()
			for b.Loop() {
				gocv.ExtractChannel(pixels, &luma, 0)
				gocv.ExtractChannel(pairs, &u, 1)
				gocv.ExtractChannel(pairs, &v, 3)
			}
			check(b)
		})
		b.Run(fmt.Sprintf("MixChannels/%dx%d", width, height), func(b *testing.B) {
			b.SetBytes(int64(len(img.Data)))
			b.ReportAllocs()
			for b.Loop() {
				gocv.MixChannels([]gocv.Mat{pixels}, []gocv.Mat{luma}, []int{0, 0})
				gocv.MixChannels([]gocv.Mat{pairs}, []gocv.Mat{u, v}, []int{1, 0, 3, 1})
			}
			check(b)
		})
		b.Run(fmt.Sprintf("Split/%dx%d", width, height), func(b *testing.B) {
			b.SetBytes(int64(len(img.Data)))
			b.ReportAllocs()
			for b.Loop() {
				for _, plane := range gocv.Split(pixels) {
					plane.Close()
				}
				for _, plane := range gocv.Split(pairs) {
					plane.Close()
				}
			}
		})
		b.Run(fmt.Sprintf("copy/%dx%d", width, height), func(b *testing.B) {
			b.SetBytes(int64(len(img.Data)))
			b.ReportAllocs()
			data, err := planes.DataPtrUint8()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				copy(data, img.Data)
			}
		})
	}
}
