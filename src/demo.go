package main

import (
	"fmt"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/node"
)

// demoCamera is openCamera, but takes the test pattern where no camera is
// plugged in. Only --demo does that: a robot must never take a test pattern for
// the world.
func demoCamera(config node.CameraConfig, notice func(string)) (acquire.VideoSource, error) {
	if config.Source == "v4l2" && len(webcam.List()) == 0 {
		fmt.Println("no camera is plugged in: taking the synthetic one, a moving test pattern")
		return syntheticCamera(config), nil
	}
	return openCamera(config, notice)
}

// demoMicrophone is openMicrophone, but takes synthetic tones where there is no
// microphone.
func demoMicrophone(config node.MicrophoneConfig, notice func(string)) (acquire.AudioSource, error) {
	if config.Source == "device" {
		if devices, err := microphone.List(config.Backend); err != nil || len(devices) == 0 {
			fmt.Println("no microphone is plugged in: taking the synthetic one, two tones")
			return syntheticMicrophone(config), nil
		}
	}
	return openMicrophone(config, notice)
}
