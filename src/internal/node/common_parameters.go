package node

import (
	"time"

	"av_capture/src/internal/param"
)

// reconnect declares how often an absent device is tried.
var reconnect = param.Declaration{
	Name:        "reconnect_interval",
	Default:     param.Double(2),
	Description: "Longest pause between two tries to open a device that is absent [s].",
	Range:       param.DoubleRange{From: 0.1, To: 3600},
}

// CommonParameters are the parameters of every node of ours that few users need.
var CommonParameters = []param.Declaration{reconnect, managedNode, useFullName, pprofPort}

func reconnectInterval(set param.Set) time.Duration { return Seconds(set.Double(reconnect.Name)) }

// Seconds converts a number of seconds.
func Seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
