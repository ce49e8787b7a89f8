#include "encode.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

size_t encode(uint8_t **file, const uint8_t *pixels, const struct encode_options *options) {
	static const J_COLOR_SPACE spaces[] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB, JCS_CMYK};
	static const jpeg_scan_info separate[] = {
		{1, {0}, 0, 63, 0, 0},
		{1, {1}, 0, 63, 0, 0},
		{1, {2}, 0, 63, 0, 0},
	};
	struct jpeg_compress_struct cinfo;
	struct jpeg_error_mgr errors;
	unsigned char *memory = NULL;
	unsigned long size = 0;

	cinfo.err = jpeg_std_error(&errors);
	jpeg_create_compress(&cinfo);
	jpeg_mem_dest(&cinfo, &memory, &size);
	cinfo.image_width = options->width;
	cinfo.image_height = options->height;
	cinfo.input_components = options->components;
	cinfo.in_color_space = spaces[options->components];
	jpeg_set_defaults(&cinfo);
	jpeg_set_quality(&cinfo, options->quality, TRUE);
	cinfo.comp_info[0].h_samp_factor = options->horizontal;
	cinfo.comp_info[0].v_samp_factor = options->vertical;
	cinfo.restart_interval = options->restart;
	cinfo.optimize_coding = options->optimized ? TRUE : FALSE;
	cinfo.arith_code = options->arithmetic ? TRUE : FALSE;
	if (options->progressive)
		jpeg_simple_progression(&cinfo);
	if (options->separate) {
		cinfo.scan_info = separate;
		cinfo.num_scans = options->components;
	}
	for (int i = 0; options->no_tables && i < 2; i++) {
		cinfo.dc_huff_tbl_ptrs[i]->sent_table = TRUE;
		cinfo.ac_huff_tbl_ptrs[i]->sent_table = TRUE;
	}
	// Tables that are marked as sent are left out, which quantization tables are not.
	jpeg_start_compress(&cinfo, options->no_tables ? FALSE : TRUE);
	while (cinfo.next_scanline < options->height) {
		JSAMPROW row = (JSAMPROW)pixels + (size_t)cinfo.next_scanline * options->width * options->components;
		jpeg_write_scanlines(&cinfo, &row, 1);
	}
	jpeg_finish_compress(&cinfo);
	jpeg_destroy_compress(&cinfo);
	*file = memory;
	return size;
}
