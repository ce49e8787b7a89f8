package main

import (
	"av_capture/src/internal/acquire"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// kind is a node that this program can run.
type kind struct {
	name  string // in --nodes, and of a node that is given no other
	table *param.Table
	make  func(parent *rclgo.Context, options node.Options, demo bool) (runner, error)
}

// kinds are all of them, in the order in which they start.
var kinds = []kind{
	{"camera", node.CameraTable, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openCamera
		if demo {
			open = func(config node.CameraConfig, notice func(string)) (acquire.VideoSource, error) {
				return demoCamera(options.Name, config, notice)
			}
		}
		return node.NewCamera(parent, options, open)
	}},
	{"microphone", node.MicrophoneTable, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openMicrophone
		if demo {
			open = func(config node.MicrophoneConfig, notice func(string)) (acquire.AudioSource, error) {
				return demoMicrophone(options.Name, config, notice)
			}
		}
		return node.NewMicrophone(parent, options, open)
	}},
}
