package webcam

// #include <linux/videodev2.h>
import "C"

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire/cadence"
)

// interval is the time between two images [s], as a fraction: 1001/30000 for
// 29.97 images/s. The zero interval is unknown.
type interval struct{ numerator, denominator uint32 }

// rate returns images/s, 0 where the interval is unknown.
func (i interval) rate() float64 {
	if i.numerator == 0 {
		return 0
	}
	return float64(i.denominator) / float64(i.numerator)
}

// intervalOf returns the simplest fraction whose rate is right to a millionth:
// convergents of the rate's continued fraction (A. Ya. Khinchin, Continued
// Fractions, §1). The rates of television, written as 29.97, are meant exactly:
// 30000/1001.
func intervalOf(rate float64) interval {
	for _, n := range []uint32{15, 24, 30, 48, 60, 90, 120, 240} {
		if math.Abs(rate-float64(n)/1.001) < 0.005 {
			return interval{1001, 1000 * n}
		}
	}
	// h/k are the convergents, x what is left.
	h, k, lastH, lastK := 1., 0., 0., 1.
	for x := rate; ; x = 1 / (x - math.Floor(x)) {
		a := math.Floor(x)
		h, k, lastH, lastK = a*h+lastH, a*k+lastK, h, k
		if math.Abs(h/k-rate) <= rate*1e-6 || k > 1e5 {
			return interval{uint32(k), uint32(h)}
		}
	}
}

// chooseRate returns the rate to ask a device for so that at least the wanted
// rate comes of it: the lowest of those that it offers which is not lower, as the
// driver itself would take the nearest, which may be a lower one. What comes too
// often is dropped afterwards.
func chooseRate(offered []float64, wanted float64) float64 {
	best, fastest := 0., 0.
	for _, r := range offered {
		fastest = max(fastest, r)
		if r >= wanted*(1-cadence.RateTolerance) && (best == 0 || r < best) {
			best = r
		}
	}
	switch {
	case best == 0 && fastest > 0:
		return fastest
	case best == 0 || best <= wanted*(1+cadence.RateTolerance):
		return wanted // the driver does not say, or has it
	}
	return best
}

// setInterval asks for a time between two images and returns what the device
// makes of it: the zero interval if it has none to be set.
func (n *node) setInterval(wanted interval) (interval, error) {
	var p C.struct_v4l2_streamparm
	p._type = C.V4L2_BUF_TYPE_VIDEO_CAPTURE
	if err := n.ioctl(C.VIDIOC_G_PARM, unsafe.Pointer(&p)); err != nil {
		if errors.Is(err, unix.ENOTTY) {
			return interval{}, nil // the driver knows of no rates
		}
		return interval{}, fmt.Errorf("ask for the rate: %w", err)
	}
	capture := (*C.struct_v4l2_captureparm)(unsafe.Pointer(&p.parm))
	if capture.capability&C.V4L2_CAP_TIMEPERFRAME != 0 && wanted.numerator > 0 {
		capture.timeperframe.numerator = C.__u32(wanted.numerator)
		capture.timeperframe.denominator = C.__u32(wanted.denominator)
		if err := n.ioctl(C.VIDIOC_S_PARM, unsafe.Pointer(&p)); err != nil {
			return interval{}, fmt.Errorf("set the rate: %w", err)
		}
	}
	return interval{uint32(capture.timeperframe.numerator), uint32(capture.timeperframe.denominator)}, nil
}

// streaming returns OpenCV's own descriptor of a device, which is not ours to
// close, or -1. Drivers let only the one who holds the buffers set the rate.
// OpenCV sets whole rates only and does not give its descriptor out; it is the
// one that children inherit, as all of ours are not.
func streaming(path string) int {
	links, _ := filepath.Glob("/proc/self/fd/*") // fails for a bad pattern only
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != path {
			continue
		}
		fd, err := strconv.Atoi(filepath.Base(link))
		if err != nil {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			return fd
		}
	}
	return -1
}

// negotiateRate sets the rate of an open device that is not streaming yet, and
// returns what it is.
func (s *Source) negotiateRate(path string, p plan, formats []Format) (float64, error) {
	n := &node{streaming(path)}
	if n.fd < 0 {
		var err error
		if n, err = openNode(path); err != nil {
			return 0, err
		}
		defer n.close()
	}
	var wanted interval
	if s.config.FrameRate > 0 {
		var offered []float64
		for _, f := range formats {
			if f.FourCC == p.format {
				offered = f.rates(s.config.Width, s.config.Height)
			}
		}
		wanted = intervalOf(chooseRate(offered, s.config.FrameRate))
	}
	got, err := n.setInterval(wanted)
	return got.rate(), err
}

// rates returns the frame rates of a size, as far as the driver says.
func (f Format) rates(width, height int) []float64 {
	for _, s := range f.Sizes {
		if s.Width == width && s.Height == height {
			return s.FrameRates
		}
	}
	return nil
}

// rateText writes a rate for people, as in "30" or "29.97".
func rateText(rate float64) string {
	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(rate, 'f', 3, 64), "0"), ".")
}
