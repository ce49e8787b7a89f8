package rclgo

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// toGo copies a C struct into msg. A message whose sequences hold no arrays, as a middleware may
// deliver it since ROS 2 Lyrical, is an error: msg is then partly set.
func toGo(ts types.MessageTypeSupport, msg types.Message, mem unsafe.Pointer) (err error) {
	defer func() {
		switch thrown := recover().(type) {
		case nil:
		case primitives.NoArray:
			err = thrown
		default:
			panic(thrown)
		}
	}()
	ts.AsGoStruct(msg, mem)
	return nil
}
