package main

import (
	"context"
	"fmt"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/node"
	"av_capture/src/internal/soundsystem"
)

// demoCamera is openCamera, but takes the first camera that no other node has
// where the default one is not there or taken, and the test pattern where there is
// none. Only --demo does that: a robot must never take a test pattern for the world.
func demoCamera(name string, config node.CameraConfig, notice func(string)) (acquire.VideoSource, error) {
	if config.Source != "v4l2" {
		return openCamera(config, notice)
	}
	path, remark := demoCameras.choose(name, config.VideoDevice, webcam.List())
	say(name, "%s", remark)
	if path == "" {
		return syntheticCamera(config), nil
	}
	config.VideoDevice = path
	return openCamera(config, notice)
}

// defaultCamera is the camera that is taken when nobody names one.
func defaultCamera() string {
	return node.CameraTable.Defaults().String("video_device")
}

// demoMicrophone is openMicrophone, but takes synthetic tones where there is no
// microphone.
func demoMicrophone(name string, config node.MicrophoneConfig, notice func(string)) (acquire.AudioSource, error) {
	if config.Source != "device" {
		return openMicrophone(config, notice)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	devices, err := microphone.List(ctx, soundsystem.Backend(config.Backend))
	if err != nil || len(devices) == 0 {
		say(name, "none is plugged in, taking the synthetic one: two tones")
		return syntheticMicrophone(config), nil
	}
	say(name, "the one that is plugged in, %q", config.Device)
	return openMicrophone(config, notice)
}

// say prints what a node takes.
func say(name, format string, values ...any) {
	fmt.Printf("%-11s %s\n", name+":", fmt.Sprintf(format, values...))
}
