package v4l2

// #include <linux/videodev2.h>
import "C"

import "unsafe"

// formats enumerates the device's formats. Drivers need not support that, so that a list ends
// at the first error.
func (d *device) formats() []Format {
	var formats []Format
	for {
		var desc C.struct_v4l2_fmtdesc
		desc.index = C.__u32(len(formats))
		desc._type = d.kind
		if d.ioctl(C.VIDIOC_ENUM_FMT, unsafe.Pointer(&desc)) != nil {
			return formats
		}
		f := Format{FourCC: FourCC(desc.pixelformat), Description: cString(desc.description[:])}
		f.Sizes, f.Range = d.sizes(f.FourCC)
		formats = append(formats, f)
	}
}

// sizes enumerates the sizes of a format: some, or a range, or neither if the driver does not
// tell.
func (d *device) sizes(format FourCC) ([]Size, *SizeRange) {
	var sizes []Size
	for {
		var e C.struct_v4l2_frmsizeenum
		e.index = C.__u32(len(sizes))
		e.pixel_format = C.__u32(format)
		if d.ioctl(C.VIDIOC_ENUM_FRAMESIZES, unsafe.Pointer(&e)) != nil {
			return sizes, nil
		}
		// The union of both kinds is bytes for cgo.
		union := unsafe.Pointer(&e.anon0)
		if e._type != C.V4L2_FRMSIZE_TYPE_DISCRETE {
			s := (*C.struct_v4l2_frmsize_stepwise)(union)
			return nil, &SizeRange{
				MinWidth: int(s.min_width), MaxWidth: int(s.max_width), StepWidth: max(1, int(s.step_width)),
				MinHeight: int(s.min_height), MaxHeight: int(s.max_height), StepHeight: max(1, int(s.step_height)),
			}
		}
		discrete := (*C.struct_v4l2_frmsize_discrete)(union)
		size := Size{Width: int(discrete.width), Height: int(discrete.height)}
		size.FrameRates = d.rates(format, size.Width, size.Height)
		sizes = append(sizes, size)
	}
}

// rates enumerates the frame rates of a size [images/s], or the highest and the lowest of a
// range.
func (d *device) rates(format FourCC, width, height int) []float64 {
	var rates []float64
	for {
		var e C.struct_v4l2_frmivalenum
		e.index = C.__u32(len(rates))
		e.pixel_format = C.__u32(format)
		e.width, e.height = C.__u32(width), C.__u32(height)
		if d.ioctl(C.VIDIOC_ENUM_FRAMEINTERVALS, unsafe.Pointer(&e)) != nil {
			return rates
		}
		rate := func(interval C.struct_v4l2_fract) float64 {
			return float64(interval.denominator) / float64(max(1, interval.numerator))
		}
		union := unsafe.Pointer(&e.anon0)
		if e._type != C.V4L2_FRMIVAL_TYPE_DISCRETE {
			s := (*C.struct_v4l2_frmival_stepwise)(union)
			return []float64{rate(s.min), rate(s.max)} // the shortest interval first
		}
		rates = append(rates, rate(*(*C.struct_v4l2_fract)(union)))
	}
}
