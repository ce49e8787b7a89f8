package webcam

// #include <linux/videodev2.h>
import "C"

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// node is an open device node, for asking only: it holds no buffers, so it
// keeps nobody from streaming.
type node struct{ fd int }

// openNode opens a device node without waiting for anything.
func openNode(path string) (*node, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		switch {
		case err == nil:
			return &node{fd}, nil
		case !errors.Is(err, unix.EINTR):
			return nil, err
		}
	}
}

func (n *node) close() { _ = unix.Close(n.fd) }

// ioctl makes a request; data points at the struct that the request wants,
// which is in Go's memory and of C's layout.
func (n *node) ioctl(request uintptr, data unsafe.Pointer) error {
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(n.fd), request, uintptr(data))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// capability is what VIDIOC_QUERYCAP says of a node.
type capability struct {
	driver, card, bus string
	capture           bool // single-planar, which OpenCV can read
	multiplanar       bool // multi-planar, which it cannot
}

func (n *node) capability() (capability, error) {
	var c C.struct_v4l2_capability
	if err := n.ioctl(C.VIDIOC_QUERYCAP, unsafe.Pointer(&c)); err != nil {
		return capability{}, err
	}
	// capabilities is of the whole device, device_caps of this node: a webcam
	// has a second node for metadata only.
	caps := c.capabilities
	if caps&C.V4L2_CAP_DEVICE_CAPS != 0 {
		caps = c.device_caps
	}
	streams := caps&C.V4L2_CAP_STREAMING != 0
	return capability{
		driver:      cString(c.driver[:]),
		card:        cString(c.card[:]),
		bus:         cString(c.bus_info[:]),
		capture:     streams && caps&C.V4L2_CAP_VIDEO_CAPTURE != 0,
		multiplanar: streams && caps&C.V4L2_CAP_VIDEO_CAPTURE_MPLANE != 0,
	}, nil
}

// formats enumerates what the node offers. Drivers need not be able to, so
// that a list ends at the first error.
func (n *node) formats() []Format {
	var formats []Format
	for {
		var d C.struct_v4l2_fmtdesc
		d.index = C.__u32(len(formats))
		d._type = C.V4L2_BUF_TYPE_VIDEO_CAPTURE
		if n.ioctl(C.VIDIOC_ENUM_FMT, unsafe.Pointer(&d)) != nil {
			return formats
		}
		f := Format{FourCC: FourCC(d.pixelformat), Description: cString(d.description[:])}
		f.Sizes, f.Range = n.sizes(f.FourCC)
		formats = append(formats, f)
	}
}

// sizes enumerates the sizes of a format: some, or a range, or neither where
// the driver does not say.
func (n *node) sizes(format FourCC) ([]Size, *SizeRange) {
	var sizes []Size
	for {
		var e C.struct_v4l2_frmsizeenum
		e.index = C.__u32(len(sizes))
		e.pixel_format = C.__u32(format)
		if n.ioctl(C.VIDIOC_ENUM_FRAMESIZES, unsafe.Pointer(&e)) != nil {
			return sizes, nil
		}
		// The union of both kinds, which cgo gives as bytes.
		union := unsafe.Pointer(&e.anon0)
		if e._type != C.V4L2_FRMSIZE_TYPE_DISCRETE {
			s := (*C.struct_v4l2_frmsize_stepwise)(union)
			return nil, &SizeRange{
				MinWidth: int(s.min_width), MaxWidth: int(s.max_width), StepWidth: max(1, int(s.step_width)),
				MinHeight: int(s.min_height), MaxHeight: int(s.max_height), StepHeight: max(1, int(s.step_height)),
			}
		}
		d := (*C.struct_v4l2_frmsize_discrete)(union)
		size := Size{Width: int(d.width), Height: int(d.height)}
		size.FrameRates = n.rates(format, size.Width, size.Height)
		sizes = append(sizes, size)
	}
}

// rates enumerates the frame rates of a size, or the highest and the lowest of
// a range.
func (n *node) rates(format FourCC, width, height int) []float64 {
	var rates []float64
	for {
		var e C.struct_v4l2_frmivalenum
		e.index = C.__u32(len(rates))
		e.pixel_format = C.__u32(format)
		e.width, e.height = C.__u32(width), C.__u32(height)
		if n.ioctl(C.VIDIOC_ENUM_FRAMEINTERVALS, unsafe.Pointer(&e)) != nil {
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

// layout is how the images of a device lie in memory.
type layout struct {
	format        FourCC
	width, height int // [pixels]
	step          int // [bytes] per row of the first plane; 0 for compressed formats
}

// setFormat asks for a layout, as OpenCV does afterwards without telling what
// it got, and returns what the device has made of it. EBUSY says that somebody
// else has buffers of the device.
func (n *node) setFormat(format FourCC, width, height int) (layout, error) {
	var f C.struct_v4l2_format
	f._type = C.V4L2_BUF_TYPE_VIDEO_CAPTURE
	pixels := (*C.struct_v4l2_pix_format)(unsafe.Pointer(&f.fmt))
	pixels.pixelformat = C.__u32(format)
	pixels.width, pixels.height = C.__u32(width), C.__u32(height)
	pixels.field = C.V4L2_FIELD_ANY
	if err := n.ioctl(C.VIDIOC_S_FMT, unsafe.Pointer(&f)); err != nil {
		return layout{}, fmt.Errorf("set the format %v %dx%d: %w", format, width, height, err)
	}
	return layout{
		format: FourCC(pixels.pixelformat),
		width:  int(pixels.width),
		height: int(pixels.height),
		step:   int(pixels.bytesperline),
	}, nil
}

// cString returns the text in a C array of unsigned char.
func cString(array []C.__u8) string {
	var b []byte
	for _, c := range array {
		if c == 0 {
			break
		}
		b = append(b, byte(c))
	}
	return string(b)
}
