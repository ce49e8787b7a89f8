// Package acquire defines what a source of images or sound is.
//
// A source is a device, a file or a synthetic signal. The packages below this
// one implement [VideoSource] and [AudioSource]; package node owns the retry,
// the clock and the topics. Nothing here knows of ROS.
//
// The life of a source is Open, Run, Close, in this order and any number of
// times: Open finds out what the hardware really gives, Run emits until the
// context ends or the device fails, Close gives the device back. A source is
// used by one goroutine at a time; only Close may be called from another.
package acquire
