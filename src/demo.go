package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/node"
	"av_capture/src/internal/soundsystem"
)

// demoCamera is openCamera, but takes the first camera where the default one is
// not there, and the test pattern where there is none. Only --demo does that: a
// robot must never take a test pattern for the world.
func demoCamera(name string, config node.CameraConfig, notice func(string)) (acquire.VideoSource, error) {
	if config.Source != "v4l2" {
		return openCamera(config, notice)
	}
	first, ok := webcam.First()
	if !ok {
		if closed := webcam.List(); len(closed) > 0 {
			say(name, "none can be opened, %s; taking the synthetic one: a moving test pattern", closed[0])
			return syntheticCamera(config), nil
		}
		say(name, "none is plugged in, taking the synthetic one: a moving test pattern")
		return syntheticCamera(config), nil
	}
	if _, err := os.Stat(config.VideoDevice); errors.Is(err, fs.ErrNotExist) && config.VideoDevice == defaultCamera() {
		config.VideoDevice = first.Path
	}
	say(name, "the one that is plugged in, %s", config.VideoDevice)
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
