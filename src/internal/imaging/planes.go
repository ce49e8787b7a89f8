package imaging

// #cgo CFLAGS: -O3
// #include "packed.h"
import "C"

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/acquire"
)

// Planes makes p the planes of a raw 4:2:2 image, side by side in one mono8
// image: width columns of Y, then width/2 of U, then width/2 of V, as captured,
// so that it is twice as wide as img and as high, and every byte of img occurs
// in it once. It is one pass over the data, without a copy before.
func (p *Picture) Planes(img *acquire.Image) error {
	if err := checkPacked(img); err != nil {
		return err
	}
	if err := p.reserve(2 * img.Width * img.Height); err != nil {
		return err
	}
	C.packed_planes(pointer(p.Data), pointer(img.Data), C.size_t(img.Step), C.size_t(img.Width/2), C.size_t(img.Height), order(img))
	p.describe(img, 2*img.Width, img.Height, 2*img.Width, "mono8")
	return nil
}

// packedLuma makes p the Y plane of a raw 4:2:2 image alone.
func (p *Picture) packedLuma(img *acquire.Image) error {
	if err := checkPacked(img); err != nil {
		return err
	}
	if err := p.reserve(img.Width * img.Height); err != nil {
		return err
	}
	C.packed_luma(pointer(p.Data), pointer(img.Data), C.size_t(img.Step), C.size_t(img.Width/2), C.size_t(img.Height), order(img))
	p.describe(img, img.Width, img.Height, img.Width, "mono8")
	return nil
}

// packedFlip makes p a raw 4:2:2 image with left and right, top and bottom, or
// both exchanged. The pixels of a pair keep their common chroma.
func (p *Picture) packedFlip(img *acquire.Image, horizontal, vertical bool) error {
	if err := checkPacked(img); err != nil {
		return err
	}
	if err := p.reserve(2 * img.Width * img.Height); err != nil {
		return err
	}
	C.packed_flip(pointer(p.Data), pointer(img.Data), C.size_t(img.Step), C.size_t(img.Width/2), C.size_t(img.Height), order(img),
		truth(horizontal), truth(vertical))
	p.describe(img, img.Width, img.Height, 2*img.Width, img.Encoding)
	return nil
}

// checkPacked says what is wrong with a raw 4:2:2 image: C must not read
// beyond its data.
func checkPacked(img *acquire.Image) error {
	row := 2 * img.Width
	switch {
	case !Packed(img.Encoding):
		return fmt.Errorf("imaging: an image of encoding %q is not raw 4:2:2", img.Encoding)
	case img.Width <= 0 || img.Height <= 0 || img.Width%2 != 0:
		return fmt.Errorf("imaging: %dx%d is no size of raw 4:2:2 images, whose width is even", img.Width, img.Height)
	case img.Step < row || len(img.Data) < (img.Height-1)*img.Step+row:
		return fmt.Errorf("imaging: %d bytes in rows of %d are no image of %dx%d, %s", len(img.Data), img.Step, img.Width, img.Height, img.Encoding)
	}
	return nil
}

func order(img *acquire.Image) C.enum_packed_order {
	if img.Encoding == uyvy {
		return C.packed_uyvy
	}
	return C.packed_yuyv
}

func pointer(data []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(data)) }

func truth(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
