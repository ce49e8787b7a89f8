// Compression of one image to a JPEG file by libjpeg-turbo.
//
// libjpeg reports an error by calling error_exit, which must not return: it jumps back into
// compress with longjmp, over libjpeg's frames alone, never over Go's. Nothing is written to
// stderr.
#ifndef AV_CAPTURE_JPEG_COMPRESS_H
#define AV_CAPTURE_JPEG_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "order.h"

// compressed is memory for a file, of malloc, which grows and is used again. It starts as
// zeros; the caller frees data.
struct compressed {
	uint8_t *data;
	size_t size;      // of the file [bytes]
	size_t capacity;  // [bytes]
	char reason[200]; // libjpeg's message, where there is no file
};

// compress writes an image of rows that are step bytes apart as a file of baseline JPEG,
// 4:2:0 for colour, and returns 0, or -1 with the reason in file. quality is 1 to 100.
int compress(struct compressed *file, const uint8_t *pixels, unsigned width, unsigned height,
             size_t step, enum pixel_order order, int quality);

#endif
