package imaging

import (
	"fmt"
	"image"
	"testing"

	"av_capture/src/internal/media"
)

// orientations lists all of them.
func orientations() []media.Orientation {
	var all []media.Orientation
	for _, horizontal := range []bool{false, true} {
		for _, vertical := range []bool{false, true} {
			for _, rotate := range []int{0, 90, 180, 270} {
				all = append(all, media.Orientation{FlipHorizontal: horizontal, FlipVertical: vertical, Rotate: rotate})
			}
		}
	}
	return all
}

// turnedFrom returns the place in an image of a size of the pixel that is at p after the
// turn, one step after the other.
func turnedFrom(p, size image.Point, o media.Orientation) image.Point {
	switch o.Rotate { // back to before the rotation
	case 90:
		p = image.Pt(p.Y, size.Y-1-p.X)
	case 180:
		p = image.Pt(size.X-1-p.X, size.Y-1-p.Y)
	case 270:
		p = image.Pt(size.X-1-p.Y, p.X)
	}
	if o.FlipVertical {
		p.Y = size.Y - 1 - p.Y
	}
	if o.FlipHorizontal {
		p.X = size.X - 1 - p.X
	}
	return p
}

func TestTurnMovesEveryPixel(t *testing.T) {
	var turner Turner
	defer turner.Close()
	for _, encoding := range []string{"bgr8", "mono8"} {
		for _, size := range []image.Point{{5, 3}, {3, 5}, {1, 4}, {64, 48}, {641, 13}} {
			img := randomImage(t, size.X, size.Y, encoding)
			bytes := bytesPerPixel[encoding]
			for _, o := range orientations() {
				got, err := turner.Turn(img, o)
				if err != nil {
					t.Fatal(err)
				}
				width, height := o.Size(size.X, size.Y)
				if got.Width != width || got.Height != height || got.Step != width*bytes || len(got.Data) != len(img.Data) ||
					got.Encoding != encoding || got.Stamp != img.Stamp || got.Sequence != img.Sequence {
					t.Errorf("%v %s, %+v: got %dx%d, step %d, %d bytes, %s", size, encoding, o, got.Width, got.Height, got.Step, len(got.Data), got.Encoding)
					continue
				}
				for y := range height {
					for x := range width {
						from := turnedFrom(image.Pt(x, y), size, o)
						want := img.Data[from.Y*img.Step+from.X*bytes:][:bytes]
						if pixel := got.Data[y*got.Step+x*bytes:][:bytes]; string(pixel) != string(want) {
							t.Fatalf("%v %s, %+v: (%d, %d) is not (%d, %d) of before", size, encoding, o, x, y, from.X, from.Y)
						}
					}
				}
			}
		}
	}
}

// A quarter clockwise brings the top left to the top right.
func TestTurnGoesClockwise(t *testing.T) {
	img := randomImage(t, 4, 2, "mono8")
	var turner Turner
	defer turner.Close()
	got, err := turner.Turn(img, media.Orientation{Rotate: 90})
	if err != nil {
		t.Fatal(err)
	}
	if got.Width != 2 || got.Height != 4 || got.Data[1] != img.Data[0] || got.Data[0] != img.Data[4] {
		t.Errorf("got %dx%d %v of %v", got.Width, got.Height, got.Data, img.Data)
	}
}

// Packed 4:2:2 is turned pair by pair: the planes of the result are the planes of
// the image, each turned by itself.
func TestTurnOfRawImagesTurnsEachPlane(t *testing.T) {
	var turner Turner
	defer turner.Close()
	var before, after OwnedImage
	defer before.Close()
	defer after.Close()
	for _, encoding := range []string{yuyv, uyvy} {
		for _, size := range sizes {
			img := randomImage(t, size.X, size.Y, encoding)
			if err := before.Planes(img); err != nil {
				t.Fatal(err)
			}
			for _, o := range orientations() {
				if o.Quarter() {
					continue
				}
				turned, err := turner.Turn(img, o)
				if err != nil {
					t.Fatal(err)
				}
				if turned.Encoding != encoding || turned.Stamp != img.Stamp || turned.Sequence != img.Sequence {
					t.Fatalf("got %+v of %+v", turned, img)
				}
				if err := after.Planes(turned); err != nil {
					t.Fatal(err)
				}
				for _, plane := range []struct{ at, width int }{{0, size.X}, {size.X, size.X / 2}, {size.X * 3 / 2, size.X / 2}} {
					for y := range size.Y {
						for x := range plane.width {
							from := turnedFrom(image.Pt(x, y), image.Pt(plane.width, size.Y), o)
							if after.Data[y*after.Step+plane.at+x] != before.Data[from.Y*before.Step+plane.at+from.X] {
								t.Fatalf("%s %v, %+v: (%d, %d) of the plane at %d is not %v of before", encoding, size, o, x, y, plane.at, from)
							}
						}
					}
				}
			}
		}
	}
}

func TestTurnLeavesImagesAloneWhereNothingIsAsked(t *testing.T) {
	var turner Turner
	defer turner.Close()
	img := &media.Image{Encoding: media.JPEG, Data: []byte("anything")}
	// Both flips and half a turn are nothing either, but for the camera's JPEG.
	if got, err := turner.Turn(img, media.Orientation{}); got != img || err != nil {
		t.Errorf("got %v, %v, want the image itself", got, err)
	}
	raw := randomImage(t, 4, 2, "bgr8")
	if got, err := turner.Turn(raw, media.Orientation{FlipHorizontal: true, FlipVertical: true, Rotate: 180}); got != raw || err != nil {
		t.Errorf("got %v, %v, want the image itself", got, err)
	}
}

func TestTurnRefusesWhatCannotBeTurned(t *testing.T) {
	var turner Turner
	defer turner.Close()
	for _, c := range []struct {
		encoding string
		o        media.Orientation
	}{
		{yuyv, media.Orientation{Rotate: 90}},
		{uyvy, media.Orientation{Rotate: 270, FlipVertical: true}},
		{media.JPEG, media.Orientation{FlipHorizontal: true}},
		{media.JPEG, media.Orientation{Rotate: 180}},
	} {
		img := &media.Image{Encoding: c.encoding, Width: 4, Height: 2, Step: 8, Data: make([]byte, 16)}
		if _, err := turner.Turn(img, c.o); err == nil {
			t.Errorf("%s was turned by %+v", c.encoding, c.o)
		}
	}
}

func BenchmarkTurn(b *testing.B) {
	for _, encoding := range []string{"bgr8", yuyv} {
		for _, o := range []media.Orientation{{FlipHorizontal: true}, {Rotate: 180}, {Rotate: 90}} {
			if o.Quarter() && Packed(encoding) {
				continue
			}
			for _, size := range formats {
				img := randomImage(b, size.X, size.Y, encoding)
				name := fmt.Sprintf("%s/rotate=%d/%dx%d", encoding, o.Rotate, size.X, size.Y)
				if o.FlipHorizontal {
					name = fmt.Sprintf("%s/flip_horizontal/%dx%d", encoding, size.X, size.Y)
				}
				b.Run(name, func(b *testing.B) {
					var turner Turner
					defer turner.Close()
					b.ReportAllocs()
					for b.Loop() {
						if _, err := turner.Turn(img, o); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
