package node

import (
	"time"

	"av_capture/src/internal/param"
)

// reconnect declares what every node needs to keep its source alive.
var reconnect = param.Declaration{
	Name:        "reconnect_interval",
	Default:     param.Double(2),
	Description: "Longest pause between two tries to open a device that is absent [s].",
	Range:       param.DoubleRange{From: 0.1, To: 3600},
}

func reconnectInterval(set param.Set) time.Duration { return seconds(set.Double(reconnect.Name)) }

const frameIDName = "frame_id"

// frameID declares the frame that the node's messages name. name is the node's
// own where it has not been given another one, which is the default then.
func frameID(name string) param.Declaration {
	return param.Declaration{
		Name:        frameIDName,
		Default:     param.String(name),
		Description: "Coordinate frame of the device, for header.frame_id; by default it is called as the node.",
	}
}

// foreign names what rclcpp's nodes declare by themselves, so that parameter
// files made for them raise no warning.
var foreign = param.WithForeign(useSimTime, typeDescription, "qos_overrides.")

// seconds converts a parameter in seconds.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// words converts the names of a choice to what a declaration takes.
func words[T ~string](names []T) []string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return texts
}
