package v4l2

import "strings"

// FourCC is V4L2's code of a pixel format.
type FourCC uint32

// fourCC returns the code of four characters.
func fourCC(s string) FourCC {
	return FourCC(s[0]) | FourCC(s[1])<<8 | FourCC(s[2])<<16 | FourCC(s[3])<<24
}

// Formats with several uses.
var (
	yuyv = fourCC("YUYV")
	uyvy = fourCC("UYVY")
	mjpg = fourCC("MJPG")
	jpeg = fourCC("JPEG")
	grey = fourCC("GREY")
	bgr3 = fourCC("BGR3")
	rgb3 = fourCC("RGB3")
)

// bigEndian marks the big-endian variant of a format.
const bigEndian = 1 << 31

// String returns the four characters, as in "YUYV" or, as v4l2-ctl has it,
// "Y16-BE".
func (f FourCC) String() string {
	if f&bigEndian != 0 {
		return (f &^ bigEndian).String() + "-BE"
	}
	var s strings.Builder
	for shift := 0; shift < 32; shift += 8 {
		b := byte(f >> shift)
		if b < ' ' || b > '~' {
			b = '?'
		}
		s.WriteByte(b)
	}
	return strings.TrimRight(s.String(), " ")
}
