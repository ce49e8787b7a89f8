// Operations on packed 4:2:2 images, and on the luma of all YUV: two pixels in four bytes, with their own
// luma (Y0, Y1) and a common chroma (U, V).
#ifndef AV_CAPTURE_IMAGING_PACKED_H
#define AV_CAPTURE_IMAGING_PACKED_H

#include <stddef.h>
#include <stdint.h>

// The order of the four bytes.
enum packed_order {
	packed_yuyv, // Y0 U Y1 V
	packed_uyvy, // U Y0 V Y1
};

// packed_planes writes each row of src as one row of planes: pairs times two
// bytes of Y, pairs bytes of U, pairs bytes of V. Rows of src are step bytes
// apart, those of planes four times pairs. The two must not overlap.
void packed_planes(uint8_t *restrict planes, const uint8_t *restrict src,
                   size_t step, size_t pairs, size_t rows, enum packed_order order);

// packed_luma writes the Y of each pixel, two times pairs in a row.
void packed_luma(uint8_t *restrict luma, const uint8_t *restrict src,
                 size_t step, size_t pairs, size_t rows, enum packed_order order);

// luma_full writes the luma of rows of pixels in the full range: the limited range's 16 becomes
// 0, its 235 becomes 255. The lumas of a row of src are stride bytes apart, 1 or 2, the rows step
// bytes, those of luma without padding.
void luma_full(uint8_t *restrict luma, const uint8_t *restrict src,
               size_t step, size_t stride, size_t pixels, size_t rows);

// packed_flip writes src with its rows in reverse order (vertical), the pixels of each
// row in reverse order (horizontal), or both. Each pair keeps its chroma. Rows of dst are
// four times pairs bytes apart.
void packed_flip(uint8_t *restrict dst, const uint8_t *restrict src,
                 size_t step, size_t pairs, size_t rows, enum packed_order order,
                 int horizontal, int vertical);

#endif
