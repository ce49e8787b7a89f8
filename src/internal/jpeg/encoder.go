package jpeg

/*
#include <stdlib.h>
#include "compress.h"
*/
import "C"

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/media"
)

// Encoder compresses images to JPEG files. The zero Encoder is ready; Close frees its memory.
// One goroutine at a time may use it.
type Encoder struct {
	file C.struct_compressed // C's memory
}

// Encode returns an image of encoding bgr8, rgb8 or mono8 as a file of baseline JPEG: 4:2:0,
// or one component for mono8. quality is 1 to 100, the best. The file lies in C's memory,
// which the Encoder reuses: it is valid until the next call.
//
// It fails for other encodings, for sizes that JPEG does not have, and without memory. It
// blocks for as long as libjpeg computes, some milliseconds.
func (e *Encoder) Encode(img *media.Image, quality int) ([]byte, error) {
	format, ok := orders[img.Encoding]
	if !ok {
		return nil, fmt.Errorf("jpeg: no file of an image of encoding %q: want bgr8, rgb8 or mono8", img.Encoding)
	}
	row := img.Width * format.channels
	if img.Width <= 0 || img.Height <= 0 || img.Step < row || len(img.Data) < img.Step*(img.Height-1)+row {
		return nil, fmt.Errorf("jpeg: %d bytes are no image of %dx%d, %s, with %d bytes to a row", len(img.Data), img.Width, img.Height, img.Encoding, img.Step)
	}
	if C.compress(&e.file, (*C.uint8_t)(unsafe.SliceData(img.Data)), C.uint(img.Width), C.uint(img.Height), C.size_t(img.Step), format.order, C.int(quality)) != 0 {
		return nil, fmt.Errorf("jpeg: image of %dx%d: %s", img.Width, img.Height, C.GoString(&e.file.reason[0]))
	}
	return unsafe.Slice((*byte)(e.file.data), int(e.file.size)), nil
}

// Close frees the memory. The Encoder can be used again.
func (e *Encoder) Close() {
	C.free(unsafe.Pointer(e.file.data))
	*e = Encoder{}
}
