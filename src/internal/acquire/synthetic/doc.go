// Package synthetic makes images and sound without hardware: a moving test pattern, tones
// and other signals, as sources like all others.
//
// [NewCamera] behaves as a camera: it is paced by absolute times on CLOCK_MONOTONIC, stamps
// each image with the time at which it was due, and loses images, with a step in their
// numbers, when its consumer is late. The number of each image is in its pixels, where
// programs in any language find it (framenumber.go tells how): a subscriber can thus compare
// the images that it received with those that were sent.
package synthetic
