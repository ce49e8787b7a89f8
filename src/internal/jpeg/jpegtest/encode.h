// JPEG files of every kind that libjpeg can write, to test a decoder with.
#ifndef AV_CAPTURE_JPEGTEST_ENCODE_H
#define AV_CAPTURE_JPEGTEST_ENCODE_H

#include <stddef.h>
#include <stdint.h>

struct encode_options {
	unsigned width, height;     // [pixels]
	int components;             // 1 grey, 3 RGB, 4 CMYK
	int horizontal, vertical;   // sampling factors of the first component
	int quality;                // 1 to 100
	unsigned restart;           // [MCU] from one restart marker to the next; 0 for none
	int progressive, arithmetic, optimized;
	int no_tables;              // leave out the Huffman tables
	int separate;               // a scan for each component
};

// encode compresses width times height pixels of components bytes each, and returns the
// length of the file. *file is freed by the caller. Errors of libjpeg end the process.
size_t encode(uint8_t **file, const uint8_t *pixels, const struct encode_options *options);

#endif
