#include "packed.h"

#include <string.h>

// Each loop is written for one order of bytes, so that the compiler can vectorise it. For
// x86 it is compiled for AVX2 too; the variant is chosen when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

FOR_EACH_PROCESSOR
static void planes_yuyv(uint8_t *restrict y, uint8_t *restrict u, uint8_t *restrict v,
                        const uint8_t *restrict src, size_t pairs) {
	for (size_t i = 0; i < pairs; i++) {
		y[2 * i] = src[4 * i];
		u[i] = src[4 * i + 1];
		y[2 * i + 1] = src[4 * i + 2];
		v[i] = src[4 * i + 3];
	}
}

FOR_EACH_PROCESSOR
static void planes_uyvy(uint8_t *restrict y, uint8_t *restrict u, uint8_t *restrict v,
                        const uint8_t *restrict src, size_t pairs) {
	for (size_t i = 0; i < pairs; i++) {
		u[i] = src[4 * i];
		y[2 * i] = src[4 * i + 1];
		v[i] = src[4 * i + 2];
		y[2 * i + 1] = src[4 * i + 3];
	}
}

void packed_planes(uint8_t *restrict planes, const uint8_t *restrict src,
                   size_t step, size_t pairs, size_t rows, enum packed_order order) {
	for (size_t row = 0; row < rows; row++, src += step, planes += 4 * pairs) {
		uint8_t *u = planes + 2 * pairs, *v = planes + 3 * pairs;
		if (order == packed_yuyv)
			planes_yuyv(planes, u, v, src, pairs);
		else
			planes_uyvy(planes, u, v, src, pairs);
	}
}

FOR_EACH_PROCESSOR
static void luma_of(uint8_t *restrict luma, const uint8_t *restrict src, size_t pixels) {
	for (size_t i = 0; i < pixels; i++)
		luma[i] = src[2 * i];
}

void packed_luma(uint8_t *restrict luma, const uint8_t *restrict src,
                 size_t step, size_t pairs, size_t rows, enum packed_order order) {
	for (size_t row = 0; row < rows; row++, src += step, luma += 2 * pairs)
		luma_of(luma, src + (order == packed_uyvy), 2 * pairs);
}

// full_range computes 255/219 times the luma above 16. 149/128 is that to 0.03 % of it, and fits
// into 16 bits.
static inline uint8_t full_range(uint8_t limited) {
	uint16_t luma = limited > 16 ? limited - 16 : 0;
	luma = (uint16_t)(luma * 149 + 64) >> 7;
	return luma < 255 ? luma : 255;
}

FOR_EACH_PROCESSOR
static void luma_full_planar(uint8_t *restrict luma, const uint8_t *restrict src, size_t pixels) {
	for (size_t i = 0; i < pixels; i++)
		luma[i] = full_range(src[i]);
}

FOR_EACH_PROCESSOR
static void luma_full_packed(uint8_t *restrict luma, const uint8_t *restrict src, size_t pixels) {
	for (size_t i = 0; i < pixels; i++)
		luma[i] = full_range(src[2 * i]);
}

void luma_full(uint8_t *restrict luma, const uint8_t *restrict src,
               size_t step, size_t stride, size_t pixels, size_t rows) {
	for (size_t row = 0; row < rows; row++, src += step, luma += pixels) {
		if (stride == 1)
			luma_full_planar(luma, src, pixels);
		else
			luma_full_packed(luma, src, pixels);
	}
}

// reverse is independent of the machine's byte order: swapping bytes 0 and 2 (or 1 and 3)
// of a word is a rotation of the masked bytes by 16 bits on every machine.
FOR_EACH_PROCESSOR
static void reverse(uint8_t *restrict dst, const uint8_t *restrict src, size_t pairs, uint32_t luma) {
	for (size_t i = 0; i < pairs; i++) {
		uint32_t pair;
		memcpy(&pair, src + 4 * i, 4);
		uint32_t y = pair & luma;
		pair = (pair & ~luma) | y << 16 | y >> 16;
		memcpy(dst + 4 * (pairs - 1 - i), &pair, 4);
	}
}

void packed_flip(uint8_t *restrict dst, const uint8_t *restrict src,
                 size_t step, size_t pairs, size_t rows, enum packed_order order,
                 int horizontal, int vertical) {
	const uint8_t bytes[2][4] = {{0xff, 0, 0xff, 0}, {0, 0xff, 0, 0xff}};
	uint32_t luma;
	memcpy(&luma, bytes[order == packed_uyvy], 4);
	for (size_t row = 0; row < rows; row++, src += step) {
		uint8_t *to = dst + 4 * pairs * (vertical ? rows - 1 - row : row);
		if (horizontal)
			reverse(to, src, pairs, luma);
		else
			memcpy(to, src, 4 * pairs);
	}
}
