// Package opencv gets images through cv::VideoCapture: from video files and network
// streams, from GStreamer pipelines, and from V4L2 devices in OpenCV's own way (package
// v4l2 is the other). cv::VideoCapture, and all that it drags in, is in a module that the first
// opening loads: libav_capture_opencv.so, whose source is in folder module.
//
// [New] makes a [Source]. The images are not copied in Go: Data points at the
// memory of an OpenCV matrix that is written into again for the next image.
//
// # Distrust
//
// OpenCV says little about why it could not open a device, and gives other sizes and
// formats than it was asked for without an error: all are compared. Its V4L2 back-end
// writes rows without padding into matrices whose step is a multiple of 4 bytes
// (modules/videoio/src/cap_v4l.cpp), so that images of other widths come out skewed: they
// are refused. Each matrix's type, size and step are checked before its data are given
// out.
//
// # Blocking
//
// OpenCV blocks: for one image on a healthy device, for ten seconds in its select() on
// a stalled one, for as long as a server wants on a stream. All of its calls are
// therefore made by one goroutine per open source, on an operating-system thread of
// its own. A signal wakes a thread that sits in select(), so that a device is given back
// in milliseconds even when it stalls. Run returns when its context ends. Open and Close
// wait for the thread; if it hangs, package supervisor leaves them behind.
package opencv
