// Package imaging processes images: it splits packed 4:2:2 into planes
// ([OwnedImage.Planes]), converts encodings ([Converter], [Luma]), computes 2-D spectra
// ([Spectrum]), compresses to JPEG ([Encoder]), and flips and rotates ([Turner]).
//
// OpenCV does the work, through gocv. Exceptions are packed 4:2:2, for which OpenCV has
// no operations, and JPEG, which package jpeg encodes and decodes. The package is independent of ROS
// and of sources.
//
// # Memory
//
// Input is a [media.Image], whose data lies in C's memory or is pinned, and is read only.
// Results lie in OpenCV's memory, belong to the object that computed them, and are valid
// until its next call or its Close. Objects keep their buffers as long as the size stays,
// so that Go's heap is untouched, but where a method says that gocv allocates.
//
// One goroutine at a time uses an object.
package imaging
