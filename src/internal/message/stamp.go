package message

import (
	"time"

	builtin_interfaces_msg "av_capture/src/msgs/builtin_interfaces/msg"
)

// Stamp returns a time as ROS has it.
func Stamp(t time.Time) builtin_interfaces_msg.Time {
	return builtin_interfaces_msg.Time{Sec: int32(t.Unix()), Nanosec: uint32(t.Nanosecond())}
}
