// Package jpegtest makes JPEG files of every kind for tests.
package jpegtest

/*
#cgo pkg-config: libjpeg
// The tests compare with OpenCV's reader and writer, which the executables do without.
#cgo LDFLAGS: -lopencv_imgcodecs
#include <stdlib.h>
#include "encode.h"
*/
import "C"

import (
	"math/rand/v2"
	"unsafe"
)

// Options configure a file. The zero Options, with a size, are a baseline colour image in
// 4:4:4 of quality 90.
type Options struct {
	Width, Height int // [pixels]
	Components    int // 1 grey, 3 colour, 4 CMYK; 0 stands for 3
	// Sampling is the luma's horizontal and vertical factor: {2, 2} is 4:2:0,
	// {2, 1} is 4:2:2; {0, 0} stands for {1, 1}, 4:4:4.
	Sampling    [2]int
	Quality     int  // 1 to 100; 0 stands for 90
	Restart     int  // [MCU] from one restart marker to the next; 0 for none
	Progressive bool // several scans, coarse to fine
	Arithmetic  bool // arithmetic instead of Huffman coding
	Optimized   bool // Huffman tables of its own
	NoTables    bool // leave out the Huffman tables, which are the standard ones (AVI1)
	Separate    bool // a scan for each component
}

// Encode returns a file with an image of smooth colours and some noise, which depends on
// the options alone. Options that libjpeg refuses end the process.
func Encode(options Options) []byte {
	defaults := func(value *int, of int) {
		if *value == 0 {
			*value = of
		}
	}
	defaults(&options.Components, 3)
	defaults(&options.Sampling[0], 1)
	defaults(&options.Sampling[1], 1)
	defaults(&options.Quality, 90)
	pixels := make([]byte, 0, options.Width*options.Height*options.Components)
	noise := rand.New(rand.NewPCG(1, 2))
	for y := range options.Height {
		for x := range options.Width {
			for c := range options.Components {
				value := []int{x * 200 / options.Width, y * 200 / options.Height, 100, 30}[c]
				pixels = append(pixels, byte(value+noise.IntN(32)))
			}
		}
	}
	flag := func(set bool) C.int {
		if set {
			return 1
		}
		return 0
	}
	c := C.struct_encode_options{
		width: C.uint(options.Width), height: C.uint(options.Height), components: C.int(options.Components),
		horizontal: C.int(options.Sampling[0]), vertical: C.int(options.Sampling[1]),
		quality: C.int(options.Quality), restart: C.uint(options.Restart),
		progressive: flag(options.Progressive), arithmetic: flag(options.Arithmetic), optimized: flag(options.Optimized),
		no_tables: flag(options.NoTables), separate: flag(options.Separate),
	}
	var file *C.uint8_t
	size := C.encode(&file, (*C.uint8_t)(unsafe.SliceData(pixels)), &c)
	defer C.free(unsafe.Pointer(file))
	return C.GoBytes(unsafe.Pointer(file), C.int(size))
}
