#include "decompress.h"

#include <setjmp.h>
#include <string.h>

#include <jerror.h>

// handler is libjpeg's error manager with the target of longjmp. libjpeg gets a pointer to
// manager, which therefore comes first.
struct handler {
	struct jpeg_error_mgr manager;
	jmp_buf back;
	struct decompress_outcome *outcome;
};

// give_up ends the decompression with libjpeg's current message.
static void give_up(j_common_ptr cinfo, enum decompress_result result) {
	static const char prefix[] = "Corrupt JPEG data: ";
	struct handler *handler = (struct handler *)cinfo->err;
	char text[JMSG_LENGTH_MAX];

	handler->manager.format_message(cinfo, text);
	snprintf(handler->outcome->reason, sizeof handler->outcome->reason, "%s",
	         strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : text);
	handler->outcome->result = result;
	longjmp(handler->back, 1);
}

// on_error is libjpeg's error_exit. Errors about features that libjpeg, or this build of
// it, lacks are no damage.
static void on_error(j_common_ptr cinfo) {
	switch (cinfo->err->msg_code) {
	case JERR_ARITH_NOTIMPL:
	case JERR_BAD_J_COLORSPACE:
	case JERR_BAD_PRECISION:
	case JERR_CCIR601_NOTIMPL:
	case JERR_COMPONENT_COUNT:
	case JERR_CONVERSION_NOTIMPL:
	case JERR_FRACT_SAMPLE_NOTIMPL:
	case JERR_IMAGE_TOO_BIG:
	case JERR_NOTIMPL:
	case JERR_NOT_COMPILED:
	case JERR_SOF_UNSUPPORTED:
	case JERR_WIDTH_OVERFLOW:
		give_up(cinfo, decompress_unsupported);
		break;
	case JERR_OUT_OF_MEMORY:
		give_up(cinfo, decompress_no_memory);
		break;
	default:
		give_up(cinfo, decompress_damaged);
	}
}

// on_warning is libjpeg's emit_message, for warnings (level -1) and traces. libjpeg would go
// on after a warning, with invented pixels. Warnings that change no pixel, and that files of
// intact cameras cause, are ignored.
static void on_warning(j_common_ptr cinfo, int level) {
	if (level >= 0)
		return;
	switch (cinfo->err->msg_code) {
	case JWRN_ADOBE_XFORM:    // a colour transform of unknown number: YCbCr is assumed
	case JWRN_JFIF_MAJOR:     // an unknown revision of JFIF
	case JWRN_NOT_SEQUENTIAL: // parameters of a scan that only progressive files use
		return;
	case JWRN_EXTRANEOUS_DATA: // bytes before a marker, msg_parm.i[0] of them
		// Before the first scan, Check judges them.
		if (((j_decompress_ptr)cinfo)->input_scan_number == 0 ||
		    cinfo->err->msg_parm.i[0] <= decompress_left_over)
			return;
	}
	give_up(cinfo, decompress_damaged);
}

// no_output replaces libjpeg's printing to stderr.
static void no_output(j_common_ptr cinfo) { (void)cinfo; }

// job is one decompression.
struct job {
	const uint8_t *file, *tables; // see decompress
	size_t size, tables_size;
	uint8_t *pixels;
	unsigned width, height;
	J_COLOR_SPACE space;

	struct jpeg_decompress_struct cinfo;
	struct handler handler;
	struct decompress_outcome outcome;
};

// prepare makes a decompressor and reads the tables and the file's header. A new one for
// each file costs a microsecond, and cannot use the tables of the file before.
static void prepare(struct job *job) {
	jpeg_create_decompress(&job->cinfo);
	if (job->tables != NULL) {
		jpeg_mem_src(&job->cinfo, job->tables, job->tables_size);
		jpeg_read_header(&job->cinfo, FALSE);
	}
	jpeg_mem_src(&job->cinfo, job->file, job->size);
	jpeg_read_header(&job->cinfo, TRUE);
}

// decode writes the pixels.
static void decode(struct job *job) {
	j_decompress_ptr cinfo = &job->cinfo;
	prepare(job);
	if (cinfo->image_width != job->width || cinfo->image_height != job->height)
		ERREXIT(cinfo, JERR_BAD_LENGTH);
	cinfo->out_color_space = job->space;
	jpeg_start_decompress(cinfo);
	size_t step = (size_t)job->width * (size_t)cinfo->output_components;
	while (cinfo->output_scanline < job->height) {
		// libjpeg makes as many rows at once as the image's sampling gives, and at
		// least one, since the whole file is in memory.
		JSAMPROW rows[4 * DCTSIZE];
		JDIMENSION first = cinfo->output_scanline, count = 0;
		for (; count < sizeof rows / sizeof *rows && first + count < job->height; count++)
			rows[count] = job->pixels + step * (first + count);
		jpeg_read_scanlines(cinfo, rows, count);
	}
	jpeg_finish_decompress(cinfo);
}

// verify decodes to grey at an eighth of the size: libjpeg then decodes all of the data but
// skips the transforms.
static void verify(struct job *job) {
	j_decompress_ptr cinfo = &job->cinfo;
	prepare(job);
	cinfo->out_color_space = JCS_GRAYSCALE;
	cinfo->scale_num = 1;
	cinfo->scale_denom = DCTSIZE;
	jpeg_start_decompress(cinfo);
	JSAMPROW row = cinfo->mem->alloc_large((j_common_ptr)cinfo, JPOOL_IMAGE, cinfo->output_width);
	while (cinfo->output_scanline < cinfo->output_height)
		jpeg_read_scanlines(cinfo, &row, 1);
	jpeg_finish_decompress(cinfo);
}

// run does the work of a job and frees all of libjpeg's memory. The job is the caller's:
// longjmp may clobber local variables of the function that called setjmp.
static void run(struct job *job, void (*work)(struct job *)) {
	job->cinfo.err = jpeg_std_error(&job->handler.manager);
	job->handler.manager.error_exit = on_error;
	job->handler.manager.emit_message = on_warning;
	job->handler.manager.output_message = no_output;
	job->handler.outcome = &job->outcome;
	if (setjmp(job->handler.back) == 0)
		work(job);
	jpeg_destroy_decompress(&job->cinfo);
}

struct decompress_outcome decompress(uint8_t *pixels, const uint8_t *file, size_t size,
                                     const uint8_t *tables, size_t tables_size,
                                     unsigned width, unsigned height,
                                     enum pixel_order order) {
	struct job job = {
		.file = file, .size = size, .tables = tables, .tables_size = tables_size,
		.pixels = pixels, .width = width, .height = height, .space = color_space(order),
	};
	run(&job, decode);
	return job.outcome;
}

struct decompress_outcome decompress_verify(const uint8_t *file, size_t size,
                                            const uint8_t *tables, size_t tables_size) {
	struct job job = {.file = file, .size = size, .tables = tables, .tables_size = tables_size};
	run(&job, verify);
	return job.outcome;
}
