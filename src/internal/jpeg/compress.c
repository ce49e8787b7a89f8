#include "compress.h"

#include <setjmp.h>
#include <stdlib.h>

#include <jerror.h>

// handler is libjpeg's error manager with the target of longjmp. libjpeg gets a pointer to
// manager, which therefore comes first.
struct handler {
	struct jpeg_error_mgr manager;
	jmp_buf back;
};

static void on_error(j_common_ptr cinfo) { longjmp(((struct handler *)cinfo->err)->back, 1); }

static void no_output(j_common_ptr cinfo) { (void)cinfo; }

// destination is libjpeg's with the memory that is written to. libjpeg gets a pointer to
// manager, which therefore comes first. libjpeg's own jpeg_mem_dest does not say how much
// memory it has taken, and loses it upon an error.
struct destination {
	struct jpeg_destination_mgr manager;
	struct compressed *file;
};

// grow doubles the memory, and has libjpeg go on behind the bytes that are written.
static void grow(j_compress_ptr cinfo, size_t written) {
	struct destination *to = (struct destination *)cinfo->dest;
	size_t capacity = to->file->capacity > 0 ? 2 * to->file->capacity : 1 << 16;
	uint8_t *data = realloc(to->file->data, capacity);
	if (data == NULL)
		ERREXIT1(cinfo, JERR_OUT_OF_MEMORY, 0);
	to->file->data = data;
	to->file->capacity = capacity;
	to->manager.next_output_byte = data + written;
	to->manager.free_in_buffer = capacity - written;
}

static void begin(j_compress_ptr cinfo) {
	struct destination *to = (struct destination *)cinfo->dest;
	to->manager.next_output_byte = to->file->data;
	to->manager.free_in_buffer = to->file->capacity;
	if (to->file->capacity == 0)
		grow(cinfo, 0);
}

// full is called when all memory is written, whatever free_in_buffer says.
static boolean full(j_compress_ptr cinfo) {
	grow(cinfo, ((struct destination *)cinfo->dest)->file->capacity);
	return TRUE;
}

static void end(j_compress_ptr cinfo) {
	struct destination *to = (struct destination *)cinfo->dest;
	to->file->size = to->file->capacity - to->manager.free_in_buffer;
}

int compress(struct compressed *file, const uint8_t *pixels, unsigned width, unsigned height,
             size_t step, enum pixel_order order, int quality) {
	struct handler handler;
	struct destination to = {
		.manager = {
			.init_destination = begin,
			.empty_output_buffer = full,
			.term_destination = end,
		},
		.file = file,
	};
	struct jpeg_compress_struct cinfo = {.err = jpeg_std_error(&handler.manager)};
	handler.manager.error_exit = on_error;
	handler.manager.output_message = no_output;
	if (setjmp(handler.back) != 0) {
		char text[JMSG_LENGTH_MAX];
		handler.manager.format_message((j_common_ptr)&cinfo, text);
		snprintf(file->reason, sizeof file->reason, "%s", text);
		jpeg_destroy_compress(&cinfo);
		return -1;
	}
	jpeg_create_compress(&cinfo);
	cinfo.dest = &to.manager;
	cinfo.image_width = width;
	cinfo.image_height = height;
	cinfo.in_color_space = color_space(order);
	cinfo.input_components = order == order_grey ? 1 : 3;
	jpeg_set_defaults(&cinfo);
	jpeg_set_quality(&cinfo, quality, TRUE);
	jpeg_start_compress(&cinfo, TRUE);
	while (cinfo.next_scanline < height) {
		JSAMPROW rows[2 * DCTSIZE]; // what 4:2:0 takes at once
		JDIMENSION first = cinfo.next_scanline, count = 0;
		for (; count < sizeof rows / sizeof *rows && first + count < height; count++)
			rows[count] = (JSAMPROW)(pixels + step * (first + count));
		jpeg_write_scanlines(&cinfo, rows, count);
	}
	jpeg_finish_compress(&cinfo);
	jpeg_destroy_compress(&cinfo);
	return 0;
}
