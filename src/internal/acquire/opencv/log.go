package opencv

/*
#cgo pkg-config: opencv4
#include "log.h"
*/
import "C"

import "os"

// OpenCV, and FFmpeg and GStreamer inside it, write warnings to stderr, past the node's
// log. They stay silent unless their own variables ask for them.
func init() {
	if os.Getenv("OPENCV_LOG_LEVEL") == "" {
		C.silence_opencv()
	}
	if os.Getenv("G_MESSAGES_DEBUG") == "" {
		C.silence_glib()
	}
	if os.Getenv("OPENCV_FFMPEG_LOGLEVEL") == "" && os.Getenv("OPENCV_FFMPEG_DEBUG") == "" {
		const quiet = "-8" // AV_LOG_QUIET
		// It is read when the first file is opened. Setenv fails for names with = only.
		_ = os.Setenv("OPENCV_FFMPEG_LOGLEVEL", quiet)
	}
}
