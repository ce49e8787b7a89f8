package node

import (
	"sync/atomic"

	"av_capture/src/internal/param"
)

const frameIDName = "frame_id"

// FrameIDParameter declares the frame that the node's messages name. The default is
// the node's name; name is that of a node that was given no other.
func FrameIDParameter(name string) param.Declaration {
	return param.Declaration{
		Name:        frameIDName,
		Default:     param.String(name),
		Description: "Coordinate frame of the device, for header.frame_id; by default it is called as the node.",
	}
}

// FrameID is header.frame_id of a node's messages. One goroutine sets it, and others
// use it.
type FrameID struct{ name atomic.Pointer[string] }

func (f *FrameID) Set(name string) { f.name.Store(&name) }

func (f *FrameID) Get() string { return *f.name.Load() }
