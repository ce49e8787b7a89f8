// Package synthetic makes images and sound without hardware: a moving test
// pattern, tones and other signals, behind the same interfaces as the devices.
//
// [NewCamera] is a live camera in all but the lens: it is paced by absolute
// times on CLOCK_MONOTONIC, stamps each image with the time at which it was
// due, and loses images, with a step in their numbers, when its consumer is
// late. The number of each image is written into its pixels, where
// [FrameNumber] and programs in any other language find it: what a subscriber
// received can thus be compared with what was sent.
package synthetic
