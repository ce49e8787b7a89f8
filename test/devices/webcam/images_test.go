package main

import (
	"bytes"
	"fmt"
	"image/jpeg"
	"strings"
	"testing"
)

var small = size{64, 48}

// testImages returns those of a format in a small size.
func testImages(t *testing.T, name string) *images {
	t.Helper()
	p := &pictures{jpegs: map[size]map[look][][]byte{small: {}}}
	for l := textured; l <= white; l++ {
		for variant := range variantsOf(l) {
			file, err := encode(small, l, variant)
			if err != nil {
				t.Fatal(err)
			}
			p.jpegs[small][l] = append(p.jpegs[small][l], file)
		}
	}
	return p.images(mode{format: format{name: name}, size: small})
}

func TestJPEGTellsItsNumber(t *testing.T) {
	i := testImages(t, mjpeg)
	before := bytes.Clone(i.image(122, textured))
	for _, l := range []look{textured, dark, white} {
		file := i.image(123, l)
		if !strings.HasPrefix(string(file), "\xff\xd8\xff\xfe\x00\x10image 00000123\xff") {
			t.Fatalf("begins with % x", file[:24])
		}
		picture, err := jpeg.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if b := picture.Bounds(); b.Dx() != small.width || b.Dy() != small.height {
			t.Errorf("is %v", b)
		}
		if bytes.Equal(file[20:], before[20:]) {
			t.Error("shows the same as the one before")
		}
	}
}

func TestYUYVTellsItsNumber(t *testing.T) {
	i := testImages(t, yuyv)
	image := i.image(1<<20+5, textured)
	if len(image) != 2*small.width*small.height {
		t.Fatalf("%d bytes", len(image))
	}
	number := 0
	for bit := range 32 {
		if image[2*bit] > 128 {
			number |= 1 << bit
		}
	}
	if number != 1<<20+5 {
		t.Errorf("tells %d", number)
	}
	at := 2 * (3*small.width + 40)
	if image[at] != textured.luma(1, 40, 3) || image[at+1] != textured.chroma(1, 40, 3) {
		t.Errorf("pixel (40, 3) is %v", image[at:at+2])
	}
}

func TestDamageLeavesTheImageAsItIs(t *testing.T) {
	image := bytes.Repeat([]byte{1, 2, 3, 4}, 100)
	original := bytes.Clone(image)
	for fault, want := range map[string]int{"cut": 200, "garbage": 400, "padded": 400 + padding, "empty": 0, "flagged": 400} {
		if got := damage(image, fault); len(got) != want {
			t.Errorf("%s: %d bytes, want %d", fault, len(got), want)
		}
	}
	if !bytes.Equal(image, original) {
		t.Error("the image was changed")
	}
	f := newFaults()
	f.set("cut", 2)
	for _, want := range []string{"cut", "cut", ""} {
		if got := f.takeImage(); got != want {
			t.Errorf("fault %q, want %q", got, want)
		}
	}
}

func TestUnitsOfAVideoTellTheirNumber(t *testing.T) {
	const first, second = delimiter + "\xf0\x00\x00\x01\x67a\x00\x00\x01\x65b", delimiter + "\xf0\x00\x00\x01\x41c"
	p := &pictures{units: units([]byte(first + second))}
	i := p.images(mode{format: format{name: h264}, size: small})
	for number, want := range map[int]string{6: first, 7: second} {
		image := string(i.image(number, textured))
		rest, ok := strings.CutPrefix(image, delimiter+"\xf0"+userData+fmt.Sprintf("%08d\x80", number))
		if !ok || delimiter+"\xf0"+rest != want {
			t.Errorf("unit %d is %q, want the number in %q", number, image, want)
		}
	}
}
