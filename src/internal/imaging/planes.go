package imaging

// #cgo CFLAGS: -O3
// #include "packed.h"
import "C"

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/media"
)

// Planes makes p the planes of a packed 4:2:2 image of W x H pixels, side by side in one
// mono8 image of 2·W x H: W columns of Y, then W/2 of U, then W/2 of V, as captured. Every
// byte of img occurs once. It fails for other encodings, an odd width and too little data.
func (p *OwnedImage) Planes(img *media.Image) error {
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

// packedLuma makes p the Y plane of a packed 4:2:2 image.
func (p *OwnedImage) packedLuma(img *media.Image) error {
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

// fullLuma makes p the luma of a YUV image in the full range, mono8. offset and stride are
// those of lumaOf.
func (p *OwnedImage) fullLuma(img *media.Image, offset, stride int) error {
	row := img.Width * stride
	if img.Width <= 0 || img.Height <= 0 || img.Step < row || len(img.Data) < (rowsOf(img)-1)*img.Step+row {
		return errTooShort(img)
	}
	if err := p.reserve(img.Width * img.Height); err != nil {
		return err
	}
	C.luma_full(pointer(p.Data), pointer(img.Data[offset:]), C.size_t(img.Step), C.size_t(stride), C.size_t(img.Width), C.size_t(img.Height))
	p.describe(img, img.Width, img.Height, img.Width, "mono8")
	return nil
}

// packedFlip makes p a packed 4:2:2 image, flipped horizontally, vertically or both. The
// pixels of a pair keep their common chroma.
func (p *OwnedImage) packedFlip(img *media.Image, horizontal, vertical bool) error {
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

// checkPacked returns an error unless img is packed 4:2:2 with all of its data, which C
// reads without a check.
func checkPacked(img *media.Image) error {
	row := 2 * img.Width
	switch {
	case !Packed(img.Encoding):
		return fmt.Errorf("imaging: an image of encoding %q is not raw 4:2:2", img.Encoding)
	case img.Width <= 0 || img.Height <= 0 || img.Width%2 != 0:
		return fmt.Errorf("imaging: raw 4:2:2 of %dx%d, must have an even width", img.Width, img.Height)
	case img.Step < row || len(img.Data) < (img.Height-1)*img.Step+row:
		return errTooShort(img)
	}
	return nil
}

func order(img *media.Image) C.enum_packed_order {
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
