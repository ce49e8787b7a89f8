package jpeg

/*
#cgo pkg-config: libjpeg
#include <stdlib.h>
#include "decompress.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"av_capture/src/internal/media"
)

// orders are the encodings of images that are decoded and encoded.
var orders = map[string]struct {
	order    C.enum_pixel_order
	channels int // bytes per pixel
}{
	"bgr8":  {C.order_bgr, 3},
	"rgb8":  {C.order_rgb, 3},
	"mono8": {C.order_grey, 1},
}

// tablesOnly is a JPEG file of the standard tables alone. libjpeg reads it before a file
// without tables.
var tablesOnly = []byte("\xff\xd8" + standardTables + "\xff\xd9")

var errNoMemory = errors.New("jpeg: out of memory")

// Decoder decompresses JPEG files. The zero Decoder is ready; Close frees its memory. One
// goroutine at a time may use it.
type Decoder struct {
	// Limit is the largest number of pixels of an image; 0 stands for MaxPixels.
	Limit int

	pixels   unsafe.Pointer // C's memory, or nil
	capacity int            // [bytes] of pixels
	image    media.Image
}

// Decode decodes an image of encoding [media.JPEG] to bgr8, rgb8 or mono8, with the size in
// the file's header and all else as in img. The pixels lie in C's memory, which the Decoder
// reuses: they are valid until the next call. It ignores an orientation in EXIF data.
//
// The error wraps ErrDamaged, ErrTooLarge or ErrUnsupported, or means that memory is
// exhausted. It blocks for as long as libjpeg computes, some milliseconds.
func (d *Decoder) Decode(img *media.Image, encoding string) (*media.Image, error) {
	format, ok := orders[encoding]
	if !ok {
		return nil, fmt.Errorf("jpeg: no decoding to %q: want bgr8, rgb8 or mono8", encoding)
	}
	file, err := Check(img.Data, d.limit())
	if err != nil {
		return nil, err
	}
	step := file.Width * format.channels
	if err := d.reserve(step * file.Height); err != nil {
		return nil, err
	}
	tables, size := file.tables()
	outcome := C.decompress((*C.uint8_t)(d.pixels),
		(*C.uint8_t)(unsafe.SliceData(file.Data)), C.size_t(len(file.Data)),
		(*C.uint8_t)(tables), size,
		C.uint(file.Width), C.uint(file.Height), format.order)
	if outcome.result != C.decompress_whole {
		return nil, failure(outcome)
	}
	d.image = *img
	d.image.Data = unsafe.Slice((*byte)(d.pixels), step*file.Height)
	d.image.Width, d.image.Height, d.image.Step, d.image.Encoding = file.Width, file.Height, step, encoding
	return &d.image, nil
}

// verify decodes a file without making pixels, and returns an error if the entropy-coded
// data, which Check skips, is damaged. It takes three fifths of the time of Decode. It
// needs memory of the size of the image for progressive files only.
func verify(file File) error {
	tables, size := file.tables()
	outcome := C.decompress_verify((*C.uint8_t)(unsafe.SliceData(file.Data)), C.size_t(len(file.Data)),
		(*C.uint8_t)(tables), size)
	if outcome.result != C.decompress_whole {
		return failure(outcome)
	}
	return nil
}

// Close frees the memory. The Decoder can be used again.
func (d *Decoder) Close() {
	C.free(d.pixels)
	*d = Decoder{Limit: d.Limit}
}

func (d *Decoder) limit() int {
	if d.Limit == 0 {
		return MaxPixels
	}
	return d.Limit
}

// reserve allocates room for that many bytes, unless the present room fits. It frees room
// for a much larger image.
func (d *Decoder) reserve(bytes int) error {
	if bytes <= d.capacity && bytes >= d.capacity/4 {
		return nil
	}
	d.Close()
	if d.pixels = C.malloc(C.size_t(bytes)); d.pixels == nil {
		return errNoMemory
	}
	d.capacity = bytes
	return nil
}

// tables returns the standard tables as a file if f has none, else nil.
func (f File) tables() (unsafe.Pointer, C.size_t) {
	if !f.TablesMissing {
		return nil, 0
	}
	return unsafe.Pointer(unsafe.SliceData(tablesOnly)), C.size_t(len(tablesOnly))
}

// failure returns the error of an outcome.
func failure(outcome C.struct_decompress_outcome) error {
	reason := C.GoString(&outcome.reason[0])
	switch outcome.result {
	case C.decompress_unsupported:
		return fmt.Errorf("jpeg: %w: %s", ErrUnsupported, reason)
	case C.decompress_no_memory:
		return errNoMemory
	}
	return damaged("%s", reason)
}
