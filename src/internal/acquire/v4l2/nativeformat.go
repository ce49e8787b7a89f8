package v4l2

import (
	"slices"

	"av_capture/src/internal/media"
)

// nativeFormat is the device's format that images of an encoding are made of.
type nativeFormat struct {
	*pixelFormat
	convert bool // false if the device's data are of the encoding
}

// nativeFormatOf returns a format as one for an encoding, and false if it cannot be
// converted to that.
func nativeFormatOf(code FourCC, encoding string) (nativeFormat, bool) {
	i := rank(code)
	if i < 0 {
		return nativeFormat{}, false
	}
	c := nativeFormat{pixelFormat: &pixelFormats[i]}
	c.convert = c.raw != encoding
	return c, !c.convert || !c.stream && slices.Contains(media.Converted, encoding)
}

// choose returns the format that has the size [pixels] at the rate [images/s] with the least
// conversion and loss. If none reaches the rate, it is the fastest; if none has the size, or
// the size is 0, it is the one with the least conversion. choose returns false if no format
// can be converted to the encoding.
func choose(formats []Format, encoding string, width, height int, rate float64) (nativeFormat, bool) {
	type candidate struct {
		native nativeFormat
		order  [3]float64 // compared one after the other, smaller is better
	}
	var candidates []candidate
	for _, f := range formats {
		c, ok := nativeFormatOf(f.FourCC, encoding)
		if !ok {
			continue
		}
		next := candidate{native: c}
		if width > 0 {
			if !f.has(width, height) {
				next.order[0] = 1
			} else if fastest := f.fastest(width, height); fastest > 0 {
				next.order[1] = max(0, rate-fastest-0.5) // 29.97 is as good as 30
			}
		}
		next.order[2] = float64(rank(f.FourCC))
		if !c.convert {
			next.order[2] = -1
		}
		candidates = append(candidates, next)
	}
	if len(candidates) == 0 {
		return nativeFormat{}, false
	}
	best := slices.MinFunc(candidates, func(a, b candidate) int { return slices.Compare(a.order[:], b.order[:]) })
	return best.native, true
}
