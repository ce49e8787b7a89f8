package v4l2

// #include <linux/videodev2.h>
import "C"

import (
	"errors"
	"fmt"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire/timing"
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

// intervalOf returns the simplest fraction whose rate is right to a millionth: a convergent
// of the rate's continued fraction (A. Ya. Khinchin, Continued Fractions, §1). Rates of
// television such as 29.97 stand for their exact value: 30000/1001.
func intervalOf(rate float64) interval {
	for _, n := range []uint32{15, 24, 30, 48, 60, 90, 120, 240} {
		if math.Abs(rate-float64(n)/1.001) < 0.005 {
			return interval{1001, 1000 * n}
		}
	}
	// h/k are the convergents, x is the remainder.
	h, k, lastH, lastK := 1., 0., 0., 1.
	for x := rate; ; x = 1 / (x - math.Floor(x)) {
		a := math.Floor(x)
		h, k, lastH, lastK = a*h+lastH, a*k+lastK, h, k
		if math.Abs(h/k-rate) <= rate*1e-6 || k > 1e5 {
			return interval{uint32(k), uint32(h)}
		}
	}
}

// chooseRate returns the rate to ask a device for [images/s]: the lowest offered one that
// reaches the wanted rate, as the driver itself would take the nearest, which may be lower.
// A [timing.Decimator] then drops the surplus.
func chooseRate(offered []float64, wanted float64) float64 {
	best, fastest := 0., 0.
	for _, r := range offered {
		fastest = max(fastest, r)
		if r >= wanted*(1-timing.RateTolerance) && (best == 0 || r < best) {
			best = r
		}
	}
	switch {
	case best == 0 && fastest > 0:
		return fastest
	case best == 0 || best <= wanted*(1+timing.RateTolerance):
		return wanted // the driver offers it, or does not tell
	}
	return best
}

// near reports whether two intervals are the same rate to 10⁻⁵. Drivers round: uvcvideo has
// 333667/10000000 for 1001/30000. 30 and 29.97 images/s are 10⁻³ apart.
func (i interval) near(other interval) bool {
	return math.Abs(i.rate()-other.rate()) <= 1e-5*other.rate()
}

// setInterval asks for a time between two images and returns the one that the driver has set:
// the zero interval if it has none to be set. What is set already is not set again, as a USB
// camera negotiates anew for it.
func (d *device) setInterval(wanted interval) (interval, error) {
	var p C.struct_v4l2_streamparm
	p._type = d.kind
	if err := d.ioctl(C.VIDIOC_G_PARM, unsafe.Pointer(&p)); err != nil {
		if errors.Is(err, unix.ENOTTY) {
			return interval{}, nil // the driver knows of no rates
		}
		return interval{}, fmt.Errorf("ask for the rate: %w", err)
	}
	capture := (*C.struct_v4l2_captureparm)(unsafe.Pointer(&p.parm))
	now := interval{uint32(capture.timeperframe.numerator), uint32(capture.timeperframe.denominator)}
	if capture.capability&C.V4L2_CAP_TIMEPERFRAME != 0 && wanted.numerator > 0 && !now.near(wanted) {
		capture.timeperframe.numerator = C.__u32(wanted.numerator)
		capture.timeperframe.denominator = C.__u32(wanted.denominator)
		if err := d.ioctl(C.VIDIOC_S_PARM, unsafe.Pointer(&p)); err != nil {
			return interval{}, fmt.Errorf("set the rate: %w", err)
		}
	}
	return interval{uint32(capture.timeperframe.numerator), uint32(capture.timeperframe.denominator)}, nil
}
