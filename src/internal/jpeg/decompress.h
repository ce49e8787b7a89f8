// Decompression of one JPEG file by libjpeg (libjpeg-turbo, for its colour orders).
//
// libjpeg reports an error by calling error_exit, which must not return, and a warning by
// calling emit_message. Errors, and warnings that mean damage, jump back into decompress
// with longjmp, over libjpeg's frames alone, never over Go's. Nothing is written to stderr.
#ifndef AV_CAPTURE_JPEG_DECOMPRESS_H
#define AV_CAPTURE_JPEG_DECOMPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "order.h"

// Largest number of bytes of a scan's data that may be left over before a restart marker or
// the end. Logitech's cameras send up to 14. More mean that the decoder lost its place,
// which is the only sign of damage in a file of high quality.
enum { decompress_left_over = 32 };

enum decompress_result {
	decompress_whole,
	decompress_damaged,
	decompress_unsupported,
	decompress_no_memory,
};

struct decompress_outcome {
	enum decompress_result result;
	char reason[200]; // libjpeg's message; empty when whole
};

// decompress writes the image as rows without padding to pixels, the caller's memory for
// width times height pixels of the order. width and height are those of the file's header:
// another size is damage. tables is a file of Huffman tables alone, for a file without any,
// or NULL.
//
// The pixels are an image only if the outcome is decompress_whole. decompress keeps no
// pointer to file or tables.
struct decompress_outcome decompress(uint8_t *pixels, const uint8_t *file, size_t size,
                                     const uint8_t *tables, size_t tables_size,
                                     unsigned width, unsigned height,
                                     enum pixel_order order);

// decompress_verify decodes all of the entropy-coded data, but computes only the mean of
// each block of luma.
struct decompress_outcome decompress_verify(const uint8_t *file, size_t size,
                                            const uint8_t *tables, size_t tables_size);

#endif
