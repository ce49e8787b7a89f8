package main

import (
	"av_capture/src/internal/acquire"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
)

// checkedCamera is an opener that refuses parameters with which its source can never open.
// Without it the supervisor would retry for ever.
func checkedCamera(open camera.Opener) camera.Opener {
	return func(config camera.Config, notice func(string)) (acquire.VideoSource, error) {
		source, err := open(config, notice)
		if err == nil {
			err = check(source)
		}
		return source, err
	}
}

// checkedMicrophone is checkedCamera for microphones.
func checkedMicrophone(open microphone.Opener) microphone.Opener {
	return func(config microphone.Config, notice func(string)) (acquire.AudioSource, error) {
		source, err := open(config, notice)
		if err == nil {
			err = check(source)
		}
		return source, err
	}
}

func check(source any) error {
	if checked, ok := source.(acquire.Checker); ok {
		return checked.Check()
	}
	return nil
}
