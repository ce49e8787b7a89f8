package media

import "strings"

// VideoFormat is the real format of a source's images, as opposed to the wanted one.
type VideoFormat struct {
	Device    string  // the device in words, for people
	Width     int     // [pixels]
	Height    int     // [pixels]
	FrameRate float64 // [images/s]; 0 if unknown
	Encoding  string  // pixel format in the words of sensor_msgs/image_encodings.hpp, or JPEG
}

// JPEG is the encoding of an image that the device itself has compressed: Data is the
// device's JPEG file, and Step is 0.
const JPEG = "jpeg"

// PixelFormat returns a list of encodings with JPEG replaced by mjpeg, as the camera's
// parameter pixel_format calls it.
func PixelFormat(encodings string) string { return strings.Replace(encodings, JPEG, "mjpeg", 1) }

// Converted lists the encodings that sources can convert to.
var Converted = []string{"bgr8", "rgb8", "mono8"}
