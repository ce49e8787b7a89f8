// Package imaging computes with images: it takes raw 4:2:2 images apart into
// planes ([Planes]), transforms them ([Spectrum]), compresses and decompresses
// them ([Encoder], [Decoder]), and turns them ([Turner]).
//
// All of it is OpenCV's work through gocv, but for packed 4:2:2, which OpenCV
// has no operations for. Nothing here knows of ROS or captures anything.
//
// # Memory
//
// Images come in as [acquire.Image]: their data lies in C's memory or is pinned
// and is only looked at. Results lie in memory of OpenCV that belongs to the
// object that computed them, and are valid until its next call or its Close.
// Buffers are kept from image to image and made anew only when the size
// changes, so that Go's heap is not touched; where gocv itself allocates, the
// method says so.
//
// An object is used by one goroutine at a time.
package imaging
