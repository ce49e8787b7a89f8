package v4l2

/*
#include <linux/videodev2.h>

// cgo has no fields for packed structs.
static void ask_planes(struct v4l2_format *f, __u32 width, __u32 height, __u32 format, __u32 step) {
	f->fmt.pix_mp.width = width;
	f->fmt.pix_mp.height = height;
	f->fmt.pix_mp.pixelformat = format;
	f->fmt.pix_mp.field = V4L2_FIELD_ANY;
	f->fmt.pix_mp.plane_fmt[0].bytesperline = step;
}
static __u32 planes_width(const struct v4l2_format *f) { return f->fmt.pix_mp.width; }
static __u32 planes_height(const struct v4l2_format *f) { return f->fmt.pix_mp.height; }
static __u32 planes_format(const struct v4l2_format *f) { return f->fmt.pix_mp.pixelformat; }
static __u32 planes_field(const struct v4l2_format *f) { return f->fmt.pix_mp.field; }
static __u32 planes_count(const struct v4l2_format *f) { return f->fmt.pix_mp.num_planes; }
static int planes_colours(const struct v4l2_format *f, __u32 *space, __u32 *range) {
	*space = f->fmt.pix_mp.colorspace;
	*range = f->fmt.pix_mp.quantization;
	return f->fmt.pix_mp.ycbcr_enc;
}
static int colours(const struct v4l2_format *f, __u32 *space, __u32 *range) {
	*space = f->fmt.pix.colorspace;
	*range = f->fmt.pix.quantization;
	return f->fmt.pix.ycbcr_enc;
}
static __u32 plane_step(const struct v4l2_format *f, int i) { return f->fmt.pix_mp.plane_fmt[i].bytesperline; }
*/
import "C"

import (
	"fmt"
	"unsafe"

	"av_capture/src/internal/media"
)

// imageFormat is the format of a device's images in memory, as the driver sets it.
type imageFormat struct {
	format        FourCC
	width, height int    // [pixels]
	colours       string // the meaning of its YUV if that is not ITU-R BT.601 in the limited range, else empty
	steps         []int  // [bytes] per row of each plane that has memory of its own; 0 for compressed formats
}

// setFormat asks for a format and returns the one that the driver has set. A step of 0 leaves
// it to the driver. EBUSY means that somebody else has buffers of the device.
func (d *device) setFormat(format FourCC, width, height, step int) (imageFormat, error) {
	var f C.struct_v4l2_format
	f._type = d.kind
	pixels := (*C.struct_v4l2_pix_format)(unsafe.Pointer(&f.fmt))
	if d.multiplanar() {
		C.ask_planes(&f, C.__u32(width), C.__u32(height), C.__u32(format), C.__u32(step))
	} else {
		pixels.pixelformat = C.__u32(format)
		pixels.width, pixels.height = C.__u32(width), C.__u32(height)
		pixels.field = C.V4L2_FIELD_ANY
		pixels.bytesperline = C.__u32(step)
	}
	if err := d.ioctl(C.VIDIOC_S_FMT, unsafe.Pointer(&f)); err != nil {
		return imageFormat{}, fmt.Errorf("set the format %v %dx%d: %w", format, width, height, err)
	}
	return d.read(&f)
}

// format returns the format that the device is set to.
func (d *device) format() (imageFormat, error) {
	var f C.struct_v4l2_format
	f._type = d.kind
	if err := d.ioctl(C.VIDIOC_G_FMT, unsafe.Pointer(&f)); err != nil {
		return imageFormat{}, fmt.Errorf("ask for the format: %w", err)
	}
	return d.read(&f)
}

// read translates a format from the driver.
func (d *device) read(f *C.struct_v4l2_format) (imageFormat, error) {
	pixels := (*C.struct_v4l2_pix_format)(unsafe.Pointer(&f.fmt))
	got := imageFormat{format: FourCC(pixels.pixelformat), width: int(pixels.width), height: int(pixels.height), steps: []int{int(pixels.bytesperline)}}
	var space, span C.__u32
	encoding := C.colours(f, &space, &span)
	field := pixels.field
	if d.multiplanar() {
		got = imageFormat{format: FourCC(C.planes_format(f)), width: int(C.planes_width(f)), height: int(C.planes_height(f))}
		for i := range min(int(C.planes_count(f)), maxPlanes) {
			got.steps = append(got.steps, int(C.plane_step(f, C.int(i))))
		}
		field = C.planes_field(f)
		encoding = C.planes_colours(f, &space, &span)
	}
	got.colours = unusual(encoding, space, span)
	switch field {
	case C.V4L2_FIELD_SEQ_TB, C.V4L2_FIELD_SEQ_BT, C.V4L2_FIELD_ALTERNATE:
		return imageFormat{}, fmt.Errorf("the device gives the two fields of an interlaced image one after the other: choose another input or standard with v4l2-ctl: %w", media.ErrUnsupported)
	}
	return got, nil
}

// check compares the steps with the definition of the pixel format, and fills in those that
// old drivers leave out.
func (f *imageFormat) check(pixels *pixelFormat) error {
	if err := media.CheckSize(f.width, f.height); err != nil {
		return fmt.Errorf("the driver says that %v has %w", f.format, err)
	}
	if pixels.compressed() {
		return nil
	}
	least := pixels.planes(f.width, f.height, pixels.rowBytes(f.width))
	memory := 1
	if pixels.split {
		memory = len(least)
	}
	if len(f.steps) != memory {
		return fmt.Errorf("the device gives %v in %d parts of memory where the format has %d: %w", f.format, len(f.steps), memory, media.ErrUnsupported)
	}
	for i := range f.steps {
		if f.steps[i] == 0 {
			f.steps[i] = least[i].rowBytes
		}
		if f.steps[i] < least[i].rowBytes {
			return fmt.Errorf("the driver says that rows of %v have %d bytes at a width of %d, which need %d: %w",
				f.format, f.steps[i], f.width, least[i].rowBytes, media.ErrUnsupported)
		}
	}
	return nil
}

// unusual describes YUV other than conversions expect, "" for the expected one, by V4L2's
// defaults (Documentation/userspace-api/media/v4l/colorspaces-details.rst).
func unusual(encoding C.int, space, span C.__u32) string {
	switch {
	case encoding == C.V4L2_YCBCR_ENC_709, encoding == C.V4L2_YCBCR_ENC_DEFAULT && space == C.V4L2_COLORSPACE_REC709:
		return "ITU-R BT.709"
	case encoding == C.V4L2_YCBCR_ENC_BT2020, encoding == C.V4L2_YCBCR_ENC_DEFAULT && space == C.V4L2_COLORSPACE_BT2020:
		return "ITU-R BT.2020"
	case span == C.V4L2_QUANTIZATION_FULL_RANGE:
		return "in the full range"
	}
	return ""
}
