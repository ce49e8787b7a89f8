// Package message turns images, sound and spectra into ROS messages. It holds
// no logic: what is published is decided in package node.
//
// Image and AudioData are type supports of our own. A generated binding keeps
// its data in Go's heap and copies it into a new C struct at every publish;
// these two keep one C struct for the life of a publisher and point its data
// at memory that already holds the samples, so that the only copy made is the
// middleware's own and Go's heap is not touched.
package message
