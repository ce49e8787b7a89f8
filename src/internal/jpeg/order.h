#ifndef AV_CAPTURE_JPEG_ORDER_H
#define AV_CAPTURE_JPEG_ORDER_H

#include <stdio.h>

#include <jpeglib.h>

#ifndef JCS_EXTENSIONS
#error "jpeglib.h is not libjpeg-turbo's: install libjpeg-turbo's headers (Debian: libjpeg62-turbo-dev)"
#endif

// The order of the pixels' bytes.
enum pixel_order {
	order_bgr,
	order_rgb,
	order_grey,
};

// color_space returns libjpeg's name of an order.
static inline J_COLOR_SPACE color_space(enum pixel_order order) {
	static const J_COLOR_SPACE spaces[] = {
		[order_bgr] = JCS_EXT_BGR,
		[order_rgb] = JCS_EXT_RGB,
		[order_grey] = JCS_GRAYSCALE,
	};
	return spaces[order];
}

#endif
