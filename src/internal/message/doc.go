// Package message turns images, sound and calibrations into ROS messages, without
// deciding anything.
//
// Its messages are type supports of our own. A generated binding keeps its data in
// Go's heap and copies it into a new C struct at every publish. These messages keep
// one C struct for the life of a publisher, with the data in it or pointed at by it:
// the only copy is the middleware's own, and Go's heap is not touched.
package message
