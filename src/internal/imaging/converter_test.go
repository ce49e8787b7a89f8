package imaging

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"av_capture/src/internal/jpeg/jpegtest"
	"av_capture/src/internal/media"

	"gocv.io/x/gocv"
)

// scene is the light before a camera, with a value for each pixel and channel.
type scene struct {
	width, height int
	yuv, rgb      func(x, y int) [3]int
}

// noise is a scene of random colours; those of YUV are shared by 2x2 pixels, so that
// no format loses any.
func noise(width, height int) scene {
	random := rand.New(rand.NewPCG(uint64(width), uint64(height)))
	values := make([][3]int, width*height)
	for i := range values {
		values[i] = [3]int{random.IntN(256), random.IntN(256), random.IntN(256)}
	}
	return scene{width, height,
		func(x, y int) [3]int {
			luma, chroma := values[y*width+x], values[y/2*2*width+x/2*2]
			return [3]int{luma[0], chroma[1], chroma[2]}
		},
		func(x, y int) [3]int { return values[y*width+x] },
	}
}

// ramps is a scene in which every colour is linear, as bilinear interpolation gives it
// back.
func ramps(width, height int) scene {
	rgb := func(x, y int) [3]int { return [3]int{10 + x + y, 200 - 2*x + y, 5 + 3*y} }
	return scene{width, height, rgb, rgb}
}

// memory returns bytes whose address C may keep.
func memory(t testing.TB, size int) []byte {
	t.Helper()
	matrix := gocv.NewMatWithSize(1, size, gocv.MatTypeCV8UC1)
	t.Cleanup(func() { matrix.Close() })
	data, err := matrix.DataPtrUint8()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// encode writes a scene by the definition of a format, in rows of step bytes.
func encode(t testing.TB, s scene, encoding string, padding int) *media.Image {
	t.Helper()
	kind := matrixTypes[encoding]
	size := pixelSize(kind)
	if encoding == "422P" {
		size = 1
	}
	step := s.width*size + padding
	rows := rowsOf(&media.Image{Height: s.height, Encoding: encoding})
	if encoding == "422P" {
		rows = 2 * s.height
	}
	data := memory(t, step*rows)
	for i := range data {
		data[i] = 0xa5 // what padding holds is of no account
	}
	// Behind the luma of planar formats: the part of u is behind as many rows.
	chroma := data[min(len(data), step*s.height):]
	for y := range s.height {
		for x := range s.width {
			yuv, rgb := s.yuv(x, y), s.rgb(x, y)
			at := data[y*step+x*size:]
			put := func(bytes ...int) {
				for i, b := range bytes {
					at[i] = byte(b)
				}
			}
			put422 := func(y0, y1, u, v int) {
				pair := data[y*step+x/2*4:]
				pair[[2]int{y0, y1}[x%2]] = byte(yuv[0])
				if x%2 == 0 {
					pair[u], pair[v] = byte(yuv[1]), byte(yuv[2])
				}
			}
			put16 := func(bits int) { binary.LittleEndian.PutUint16(at, uint16(yuv[0]<<(bits-8)|yuv[1]>>(16-bits))) }
			bayer := func(order string) { put(rgb[strings.IndexByte("rgb", order[y%2*2+x%2])]) }
			switch encoding {
			case "bgr8":
				put(rgb[2], rgb[1], rgb[0])
			case "rgb8":
				put(rgb[0], rgb[1], rgb[2])
			case "BGRX":
				put(rgb[2], rgb[1], rgb[0], 99)
			case "RGBX":
				put(rgb[0], rgb[1], rgb[2], 99)
			case "XRGB":
				put(99, rgb[0], rgb[1], rgb[2])
			case "XBGR":
				put(99, rgb[2], rgb[1], rgb[0])
			case "RGBP":
				binary.LittleEndian.PutUint16(at, uint16(rgb[0]>>3<<11|rgb[1]>>2<<5|rgb[2]>>3))
			case yuyv:
				put422(0, 2, 1, 3)
			case uyvy:
				put422(1, 3, 0, 2)
			case "YVYU":
				put422(0, 2, 3, 1)
			case "VYUY":
				put422(1, 3, 2, 0)
			case "mono8":
				put(yuv[0])
			case "mono16":
				put16(16)
			case "Y12":
				put16(12)
			case "Y10":
				put16(10)
			case "bayer_rggb8", "bayer_bggr8", "bayer_gbrg8", "bayer_grbg8":
				bayer(encoding[6:10])
			case "NV12", "nv21":
				put(yuv[0])
				u, v := 0, 1
				if encoding == "nv21" {
					u, v = 1, 0
				}
				to := chroma[y/2*step+x/2*2:]
				to[u], to[v] = byte(yuv[1]), byte(yuv[2])
			case "YU12", "YV12", "422P": // without padding, as a Converter wants them
				put(yuv[0])
				row, plane := y/2, s.width/2*(s.height/2)
				if encoding == "422P" {
					row, plane = y, s.width/2*s.height
				}
				u, v := 0, plane
				if encoding == "YV12" {
					u, v = v, u
				}
				chroma[u+row*(s.width/2)+x/2], chroma[v+row*(s.width/2)+x/2] = byte(yuv[1]), byte(yuv[2])
			default:
				t.Fatalf("no definition of %s", encoding)
			}
		}
	}
	return &media.Image{Data: data, Width: s.width, Height: s.height, Step: step, Encoding: encoding, Stamp: 12, Sequence: 34}
}

// expected returns the red, green and blue of a pixel by the definition of a format.
func expected(s scene, encoding string, x, y int) [3]float64 {
	yuv, rgb := s.yuv(x, y), s.rgb(x, y)
	switch encoding {
	case yuyv, uyvy, "YVYU", "VYUY", "422P", "NV12", "nv21", "YU12", "YV12":
		// ITU-R BT.601, limited range.
		l, u, v := 1.164*max(0, float64(yuv[0]-16)), float64(yuv[1]-128), float64(yuv[2]-128)
		clamp := func(x float64) float64 { return min(max(x, 0), 255) }
		return [3]float64{clamp(l + 1.596*v), clamp(l - 0.813*v - 0.391*u), clamp(l + 2.018*u)}
	case "mono8", "mono16", "Y12", "Y10":
		grey := float64(yuv[0])
		return [3]float64{grey, grey, grey}
	case "RGBP":
		return [3]float64{float64(rgb[0] &^ 7), float64(rgb[1] &^ 3), float64(rgb[2] &^ 7)}
	}
	return [3]float64{float64(rgb[0]), float64(rgb[1]), float64(rgb[2])}
}

// everyEncoding lists the encodings that Convert takes, but for JPEG.
func everyEncoding() []string {
	var all []string
	for encoding := range conversions {
		all = append(all, encoding)
	}
	for encoding := range preparations {
		all = append(all, encoding)
	}
	return all
}

func TestConversionsFollowTheDefinitionsOfFormats(t *testing.T) {
	for _, from := range everyEncoding() {
		for _, to := range media.Converted {
			t.Run(from+" to "+to, func(t *testing.T) {
				converter := NewConverter(to)
				defer converter.Close()
				for width := 64; width <= 67; width++ {
					for _, padding := range []int{0, 2, 6, 64} {
						compareConversion(t, converter, from, to, width, padding)
					}
				}
			})
		}
	}
}

func compareConversion(t *testing.T, converter *Converter, from, to string, width, padding int) {
	t.Helper()
	const height = 48
	s, border := noise(width, height), 0
	switch {
	case strings.HasPrefix(from, "bayer"):
		s, border = ramps(width, height), 2
	case s.width%2 != 0 && (subsampled(from) || matrixTypes[from] == gocv.MatTypeCV8UC2 && from != "RGBP" || from == "422P"):
		return // chroma is shared by pairs
	case from == "YU12" || from == "YV12" || from == "422P":
		padding = 0
	case pixelSize(matrixTypes[from]) == 4:
		padding *= 2
	}
	img := encode(t, s, from, padding)
	got, err := converter.Convert(img)
	if err != nil {
		t.Fatalf("width %d, padding %d: %v", width, padding, err)
	}
	if from == to {
		if got != img {
			t.Errorf("an image that is so already was copied")
		}
		return
	}
	channels := map[string]int{"bgr8": 3, "rgb8": 3, "mono8": 1}[to]
	if got.Width != width || got.Height != height || got.Step != channels*width || len(got.Data) != got.Step*height ||
		got.Encoding != to || got.Stamp != 12 || got.Sequence != 34 {
		t.Fatalf("got %dx%d, step %d, %d bytes, %s, stamp %d, number %d", got.Width, got.Height, got.Step, len(got.Data), got.Encoding, got.Stamp, got.Sequence)
	}
	const tolerance = 2 // OpenCV computes with integers
	for y := border; y < height-border; y++ {
		for x := border; x < width-border; x++ {
			rgb := expected(s, from, x, y)
			want := rgb[:]
			switch to {
			case "bgr8":
				want = []float64{rgb[2], rgb[1], rgb[0]}
			case "mono8":
				want = []float64{0.299*rgb[0] + 0.587*rgb[1] + 0.114*rgb[2]}
				if _, _, yuv := lumaOf(from); yuv {
					// The same for colours that RGB has; YUV has more.
					want[0] = min(max(0, float64(s.yuv(x, y)[0]-16))*255/219, 255)
				}
			}
			for i := range want {
				if pixel := got.Data[y*got.Step+x*channels+i]; math.Abs(float64(pixel)-want[i]) > tolerance {
					t.Fatalf("width %d, padding %d: pixel %d, %d has %d in channel %d, want %.1f", width, padding, x, y, pixel, i, want[i])
				}
			}
		}
	}
}

func TestConversionsGiveTheirOwnMemory(t *testing.T) {
	converter := NewConverter("bgr8")
	defer converter.Close()
	var last *byte
	for i := range 10 {
		got, err := converter.Convert(encode(t, noise(64, 48), yuyv, 0))
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && last != &got.Data[0] {
			t.Errorf("image %d lies in other memory than the one before", i)
		}
		last = &got.Data[0]
	}
}

func TestConverterRefusesWhatItCannotRead(t *testing.T) {
	converter := NewConverter("bgr8")
	defer converter.Close()
	whole := encode(t, noise(64, 48), yuyv, 0)
	for name, change := range map[string]func(*media.Image){
		"too few bytes":    func(i *media.Image) { i.Data = i.Data[:len(i.Data)-1] },
		"a step too short": func(i *media.Image) { i.Step-- },
		"another encoding": func(i *media.Image) { i.Encoding = "H264" },
		"no rows":          func(i *media.Image) { i.Height = 0 },
	} {
		img := *whole
		change(&img)
		if got, err := converter.Convert(&img); err == nil {
			t.Errorf("%s: got %dx%d", name, got.Width, got.Height)
		}
	}
	file := jpegtest.Encode(jpegtest.Options{Width: 64, Height: 48, Components: 3, Quality: 90})
	huge := bytes.Clone(file)
	frame := bytes.Index(huge, []byte{0xff, 0xc0}) // SOF0: length, precision, height, width
	copy(huge[frame+5:], []byte{20000 >> 8, 20000 & 0xff, 20000 >> 8, 20000 & 0xff})
	for name, data := range map[string][]byte{"half a JPEG": file[:len(file)/2], "one of 20000x20000": huge} {
		if _, err := converter.Convert(&media.Image{Data: data, Encoding: media.JPEG}); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("%s: got %v, want %v", name, err, media.ErrDamaged)
		}
	}
	if got, err := converter.Convert(&media.Image{Data: file, Encoding: media.JPEG}); err != nil || got.Width != 64 {
		t.Errorf("a whole JPEG afterwards: got %v", err)
	}
}

// TestADescriptionIsTheImageWithoutItsPixels: and damage of the structure is found.
func TestADescriptionIsTheImageWithoutItsPixels(t *testing.T) {
	file := jpegtest.Encode(jpegtest.Options{Width: 64, Height: 48, Components: 3, Quality: 90})
	for _, to := range media.Converted {
		converter := NewConverter(to)
		defer converter.Close()
		images := []*media.Image{{Data: file, Width: 640, Height: 480, Encoding: media.JPEG, Stamp: 12, Sequence: 34}}
		for _, from := range everyEncoding() {
			if from != to {
				images = append(images, encode(t, noise(64, 48), from, 0))
			}
		}
		for _, img := range images {
			about, err := converter.Describe(img)
			if err != nil {
				t.Fatalf("%s to %s: %v", img.Encoding, to, err)
			}
			got := *about
			made, err := converter.Convert(img)
			if err != nil {
				t.Fatalf("%s to %s: %v", img.Encoding, to, err)
			}
			want := *made
			want.Data = nil
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s to %s: got %+v, want %+v", img.Encoding, to, got, want)
			}
		}
		if _, err := converter.Describe(&media.Image{Data: file[:len(file)/2], Encoding: media.JPEG}); !errors.Is(err, media.ErrDamaged) {
			t.Errorf("half a JPEG: got %v, want %v", err, media.ErrDamaged)
		}
	}
}

func BenchmarkConvert(b *testing.B) {
	for _, size := range [][2]int{{640, 480}, {1920, 1080}} {
		for _, from := range []string{yuyv, "NV12", "YU12", "BGRX", "bayer_rggb8", "VYUY", "422P", "XRGB"} {
			b.Run(fmt.Sprintf("%s/%dx%d", from, size[0], size[1]), func(b *testing.B) {
				converter := NewConverter("bgr8")
				defer converter.Close()
				img := encode(b, noise(size[0], size[1]), from, 0)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := converter.Convert(img); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
