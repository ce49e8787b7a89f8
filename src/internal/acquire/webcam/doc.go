// Package webcam gets images through OpenCV: from V4L2 devices, from video
// files and from network streams. Nothing else imports gocv's capture.
//
// [New] makes a [Source]. The images are not copied in Go: Data points at the
// memory of an OpenCV matrix that is written into again for the next image,
// and Run allocates nothing of Go's heap per image.
//
// OpenCV says little about why it could not open a device, and silently gives
// other sizes and formats than it was asked for. So the device is asked first,
// by V4L2's own ioctls: is it there, does it capture, is it in use, which
// formats, sizes and rates does it offer ([List]). The answer decides which of
// the device's formats is captured: the one that needs the least conversion of
// those that reach the size and the rate.
//
// # Blocking
//
// OpenCV blocks: for one image on a healthy device, for ten seconds in its
// select() on a stalled one, for as long as a server wants on a stream. All of
// its calls are therefore made by one goroutine per open source, on an
// operating-system thread of its own. Open, Run and Close wait for it only as
// long as their contexts and limits say. A thread that sits in select() is woken by a
// signal, so that a device is given back in milliseconds even when it stalls. Where
// nothing helps, the call is left behind: its goroutine owns the capture, and
// closes it as soon as the call returns; until then Open answers
// [acquire.ErrBusy].
package webcam
