// Package camera is the node that publishes images, their JPEG, planes and spectra, and
// the camera's calibration.
//
// A session opens the source. Its images go from the source's goroutine to each
// imageOutput that somebody subscribes to. Raw images are published on that
// goroutine; slower work (JPEG, planes, spectra) is done by a goroutine for each
// topic, which takes the latest frame from its mailbox.
//
// The controls of a V4L2 device are parameters of the node once the device is open.
package camera
