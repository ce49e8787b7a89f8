package main

import (
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// kind is a node that this program can run.
type kind struct {
	name  string // before remapping
	table *param.Table
	make  func(parent *rclgo.Context, options node.Options, demo bool) (runner, error)
}

// kinds are all of them, in the order in which they start.
var kinds = []kind{
	{"camera", node.CameraTable, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openCamera
		if demo {
			open = demoCamera
		}
		return node.NewCamera(parent, options, open)
	}},
	{"microphone", node.MicrophoneTable, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openMicrophone
		if demo {
			open = demoMicrophone
		}
		return node.NewMicrophone(parent, options, open)
	}},
}
