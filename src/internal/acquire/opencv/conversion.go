package opencv

import "gocv.io/x/gocv"

// conversion turns OpenCV's images into those of an encoding.
type conversion struct {
	compressed bool                       // OpenCV's images are JPEG files, as one row of bytes
	matrix     gocv.MatType               // of OpenCV's images
	steps      []gocv.ColorConversionCode // one after the other
	grey       []gocv.ColorConversionCode // steps from one channel, which pipelines may give; nil where it is refused
}

// compressed leaves JPEG as it is.
var compressed = conversion{compressed: true, matrix: gocv.MatTypeCV8UC1}

// raw leaves 4:2:2 as it is.
var raw = conversion{matrix: gocv.MatTypeCV8UC2}

// fromBGR returns the conversion of BGR to an encoding.
func fromBGR(encoding string) conversion {
	p := conversion{matrix: gocv.MatTypeCV8UC3}
	switch encoding {
	case "rgb8":
		p.steps = []gocv.ColorConversionCode{gocv.ColorBGRToRGB}
	case "mono8":
		p.steps = []gocv.ColorConversionCode{gocv.ColorBGRToGray}
	}
	return p
}

// fromGrey returns the steps from one channel to an encoding.
func fromGrey(encoding string) []gocv.ColorConversionCode {
	if encoding == "mono8" {
		return []gocv.ColorConversionCode{}
	}
	return []gocv.ColorConversionCode{gocv.ColorGrayToBGR} // which is RGB as well
}
