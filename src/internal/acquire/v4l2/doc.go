// Package v4l2 captures images from cameras by the Video for Linux API, version 2:
// https://docs.kernel.org/userspace-api/media/v4l/v4l2.html
//
// A [Source] opens a node once and negotiates once. It streams through buffers that
// the driver fills and this process maps (V4L2_MEMORY_MMAP), of devices with the
// single-planar and the multi-planar API. Images are emitted out of the driver's own
// memory, with its step, and a buffer is queued again when emit has returned: a slow
// publisher makes the driver drop images, which shows in its sequence numbers. Formats that
// are no pixel_format go through an [acquire.Converter].
//
// Among the device's formats that reach the size and the rate, the one with the least
// conversion is chosen. Package control has the device's controls.
//
// # Trust
//
// A driver is trusted in its time stamp if its flags say CLOCK_MONOTONIC and the stamp lies
// between the last image and now; in its sequence number as long as it grows; in bytesused,
// so that an image that is too short counts as damaged, as does one with
// V4L2_BUF_FLAG_ERROR; in bytesperline if it is long enough for the width. The content of a
// JPEG is checked by its decoder or publisher.
//
// # Blocking
//
// Run waits in poll(2) for the device and the end of its context, with a descriptor each.
// All requests may block for as long as a driver takes: package supervisor then leaves the
// source behind.
package v4l2
