package main

import (
	"context"
	"fmt"
	"time"

	"av_capture/src/internal/acquire"
	sounddevice "av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/program"
	"av_capture/src/internal/soundsystem"
)

// demoCamera is openCamera for --demo: where the default camera is missing or taken, it takes
// the first camera that no other node has, and the test pattern where there is none. Only
// --demo does that: a robot must never take a test pattern for the world.
func demoCamera(name string, config camera.Config, notice func(string)) (acquire.VideoSource, error) {
	if config.Source != "v4l2" {
		return openCamera(config, notice)
	}
	path, remark := demoCameras.choose(name, config.VideoDevice, v4l2.List())
	say(name, "%s", remark)
	if path == "" {
		return syntheticCamera(config), nil
	}
	config.VideoDevice = path
	return openCamera(config, notice)
}

// defaultCamera returns the default of video_device.
func defaultCamera() string {
	return camera.Table.Defaults().String("video_device")
}

// demoMicrophone is openMicrophone for --demo: it takes synthetic tones where there is no
// microphone.
func demoMicrophone(name string, config microphone.Config, notice func(string)) (acquire.AudioSource, error) {
	if config.Source != "device" {
		return openMicrophone(config, notice)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	devices, err := sounddevice.List(ctx, soundsystem.Backend(config.Backend))
	if remark := noMicrophone(devices, err); remark != "" {
		say(name, "%s, taking the synthetic one: two tones", remark)
		return syntheticMicrophone(config), nil
	}
	say(name, "the one that is plugged in, %q", config.Device)
	return openMicrophone(config, notice)
}

// noMicrophone returns why there is no microphone, "" where there is one.
func noMicrophone(devices []soundsystem.Device, err error) string {
	switch {
	case err != nil:
		return fmt.Sprintf("none can be found (%v)", err)
	case len(devices) == 0:
		return "none is plugged in"
	}
	return ""
}

// say prints a line on the source of a node.
func say(name, format string, values ...any) {
	fmt.Fprintf(program.Out, "%-11s %s\n", name+":", fmt.Sprintf(format, values...))
}
