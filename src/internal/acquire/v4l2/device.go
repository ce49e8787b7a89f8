package v4l2

// #include <linux/videodev2.h>
import "C"

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/access"
)

// device is an open device node. Others can stream as long as it has no buffers.
type device struct {
	fd   int
	kind C.__u32 // V4L2_BUF_TYPE_… of its images; known once capability has been called

	requests atomic.Uint64 // counts the begin and the end of each request
}

// errNoVideoDevice means that a path leads to something else.
var errNoVideoDevice = errors.New("not a character device of V4L2")

// openDevice opens a device node of V4L2 without waiting, and nothing else: opening a serial
// port may reset the machine behind it, and opening a watchdog this one.
func openDevice(path string) (*device, error) {
	// An O_PATH descriptor refers to the file without opening it, so that the file that is
	// checked is the one that is opened.
	file, err := openFile(path, unix.O_PATH)
	if err != nil {
		return nil, err
	}
	defer unix.Close(file)
	judged := fmt.Sprintf("/proc/self/fd/%d", file)
	if !access.IsVideoDevice(judged) {
		return nil, errNoVideoDevice
	}
	fd, err := openFile(judged, unix.O_RDWR|unix.O_NONBLOCK)
	if err != nil {
		return nil, err
	}
	return &device{fd: fd, kind: C.V4L2_BUF_TYPE_VIDEO_CAPTURE}, nil
}

// openFile is unix.Open with O_CLOEXEC, repeated after signals.
func openFile(path string, mode int) (fd int, err error) {
	for {
		if fd, err = unix.Open(path, mode|unix.O_CLOEXEC, 0); !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// duplicate returns another descriptor of the same open file description.
func (d *device) duplicate() (*device, error) {
	fd, err := unix.FcntlInt(uintptr(d.fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return &device{fd: fd, kind: d.kind}, nil
}

func (d *device) close() { _ = unix.Close(d.fd) }

// ioctl makes a request. data points at the request's struct, of C's layout in Go's memory.
func (d *device) ioctl(request uintptr, data unsafe.Pointer) error {
	d.requests.Add(1)
	defer d.requests.Add(1)
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(d.fd), request, uintptr(data))
		switch errno {
		case 0:
			return nil
		case unix.EINTR:
		default:
			return errno
		}
	}
}

// capability is the answer to VIDIOC_QUERYCAP.
type capability struct {
	driver, card, bus string
	capture           bool // video, by streaming
}

// multiplanar reports whether the device uses the multi-planar API.
func (d *device) multiplanar() bool { return d.kind == C.V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE }

// capability asks for the device's capabilities, and notes which API it uses: the
// single-planar one if it has both.
func (d *device) capability() (capability, error) {
	var c C.struct_v4l2_capability
	if err := d.ioctl(C.VIDIOC_QUERYCAP, unsafe.Pointer(&c)); err != nil {
		return capability{}, err
	}
	// capabilities are those of the whole camera, device_caps those of this node: a webcam
	// has a second node for metadata.
	caps := c.capabilities
	if caps&C.V4L2_CAP_DEVICE_CAPS != 0 {
		caps = c.device_caps
	}
	if caps&C.V4L2_CAP_VIDEO_CAPTURE == 0 && caps&C.V4L2_CAP_VIDEO_CAPTURE_MPLANE != 0 {
		d.kind = C.V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
	}
	return capability{
		driver:  cString(c.driver[:]),
		card:    cString(c.card[:]),
		bus:     cString(c.bus_info[:]),
		capture: caps&C.V4L2_CAP_STREAMING != 0 && caps&(C.V4L2_CAP_VIDEO_CAPTURE|C.V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0,
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
