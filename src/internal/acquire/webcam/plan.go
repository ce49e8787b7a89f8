package webcam

import (
	"slices"

	"gocv.io/x/gocv"

	"av_capture/src/internal/acquire"
)

// plan says how one of a device's formats becomes images of an encoding.
type plan struct {
	format     FourCC
	raw        bool                       // OpenCV hands out the device's bytes instead of BGR
	compressed bool                       // which are a file
	matrix     gocv.MatType               // of what OpenCV hands out
	codes      []gocv.ColorConversionCode // conversions from there on, one after the other
}

// readable is a format that OpenCV can read.
type readable struct {
	format   FourCC
	rowBytes int // per pixel in a row of the first plane; 0 where there are no rows
}

// readables lists what OpenCV can read, those first that lose least: what the
// device compressed is the last resort, but for Bayer mosaics, which OpenCV
// interpolates coarsely.
var readables = []readable{
	{bgr3, 3}, {rgb3, 3}, {yuyv, 2}, {uyvy, 2}, {fourCC("XR24"), 4}, {fourCC("AR24"), 4},
	{nv12, 1}, {nv21, 1}, {fourCC("YU12"), 1}, {fourCC("YV12"), 1}, {fourCC("411P"), 1}, {grey, 1},
	{mjpg, 0}, {jpeg, 0},
	{fourCC("Y16 "), 2}, {fourCC("Y10 "), 2}, {fourCC("BA81"), 1}, {fourCC("GBRG"), 1},
}

// rank returns the place of a format among readables, or -1.
func rank(format FourCC) int {
	return slices.IndexFunc(readables, func(r readable) bool { return r.format == format })
}

// planFor returns the plan for a format, if there is one.
func planFor(format FourCC, encoding string) (plan, bool) {
	raw := plan{format: format, raw: true}
	switch {
	case format == yuyv && encoding == "yuv422_yuy2", format == uyvy && encoding == "uyvy":
		raw.matrix = gocv.MatTypeCV8UC2
		return raw, true
	case (format == mjpg || format == jpeg) && encoding == acquire.JPEG:
		return compressed(format), true
	case slices.Contains(rawEncodings, encoding) || rank(format) < 0:
		return plan{}, false
	case format == grey && encoding == "mono8":
		raw.matrix = gocv.MatTypeCV8UC1
		return raw, true
	case format == bgr3 && encoding == "bgr8", format == rgb3 && encoding == "rgb8":
		raw.matrix = gocv.MatTypeCV8UC3
		return raw, true
	case format == nv12 || format == nv21:
		// OpenCV 4.6 turns these into RGB where it promises BGR, later ones
		// do not: so they are converted here.
		code := gocv.ColorYUVToBGRNV12
		if format == nv21 {
			code = gocv.ColorYUVToBGRNV21
		}
		raw.matrix = gocv.MatTypeCV8UC1 // planes below each other, 3/2 as many rows as the image has
		raw.codes = append(raw.codes, code)
		raw.codes = append(raw.codes, fromBGR(encoding).codes...)
		return raw, true
	}
	p := fromBGR(encoding)
	p.format = format
	return p, true
}

// rawEncodings are those that nothing is converted to.
var rawEncodings = []string{"yuv422_yuy2", "uyvy", acquire.JPEG}

// compressed returns the plan for files that the camera has compressed, which
// OpenCV hands out as one row of bytes.
func compressed(format FourCC) plan {
	return plan{format: format, raw: true, compressed: true, matrix: gocv.MatTypeCV8UC1}
}

// fromBGR returns the plan for what OpenCV itself has made BGR of.
func fromBGR(encoding string) plan {
	p := plan{matrix: gocv.MatTypeCV8UC3}
	switch encoding {
	case "rgb8":
		p.codes = []gocv.ColorConversionCode{gocv.ColorBGRToRGB}
	case "mono8":
		p.codes = []gocv.ColorConversionCode{gocv.ColorBGRToGray}
	}
	return p
}

// choose returns the plan that gives the size at the rate with the least
// conversion and loss. Without one that reaches the rate it takes the fastest;
// without one that has the size, or with a size of 0, the one with the least
// conversion. It returns false where no format can become the encoding.
func choose(formats []Format, encoding string, width, height int, rate float64) (plan, bool) {
	type candidate struct {
		plan  plan
		order [3]float64 // compared one after the other, smaller is better
	}
	var candidates []candidate
	for _, f := range formats {
		p, ok := planFor(f.FourCC, encoding)
		if !ok {
			continue
		}
		c := candidate{plan: p}
		if width > 0 {
			if !f.has(width, height) {
				c.order[0] = 1
			} else if fastest := f.fastest(width, height); fastest > 0 {
				c.order[1] = max(0, rate-fastest-0.5) // 29.97 is as good as 30
			}
		}
		c.order[2] = float64(rank(f.FourCC))
		if p.raw && len(p.codes) == 0 {
			c.order[2] = -1
		}
		candidates = append(candidates, c)
	}
	if len(candidates) == 0 {
		return plan{}, false
	}
	best := slices.MinFunc(candidates, func(a, b candidate) int { return slices.Compare(a.order[:], b.order[:]) })
	return best.plan, true
}
