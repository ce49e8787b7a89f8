package main

import (
	"av_capture/src/internal/acquire"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// nodeType is a type of node that --nodes may name.
type nodeType struct {
	name  string // in --nodes, and the default name of a node
	table *param.Table
	make  func(parent *rclgo.Context, options node.Options, demo bool) (runner, error)
}

// nodeTypes are all of them, in the default order of their start.
var nodeTypes = []nodeType{
	{"camera", camera.Table, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openCamera
		if demo {
			open = func(config camera.Config, notice func(string)) (acquire.VideoSource, error) {
				return demoCamera(options.Name, config, notice)
			}
		}
		return camera.New(parent, options, checkedCamera(open))
	}},
	{"microphone", microphone.Table, func(parent *rclgo.Context, options node.Options, demo bool) (runner, error) {
		open := openMicrophone
		if demo {
			open = func(config microphone.Config, notice func(string)) (acquire.AudioSource, error) {
				return demoMicrophone(options.Name, config, notice)
			}
		}
		return microphone.New(parent, options, checkedMicrophone(open))
	}},
}
