package main

import (
	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg"
	"av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/wavfile"
	"av_capture/src/internal/acquire/webcam"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/node"
	"av_capture/src/internal/soundsystem"
)

// openCamera makes the video source that the camera's parameters ask for.
func openCamera(config node.CameraConfig, notice func(string)) (acquire.VideoSource, error) {
	switch config.Source {
	case "synthetic":
		return syntheticCamera(config), nil
	case "ffmpeg":
		return ffmpegCamera(config, notice), nil
	}
	kind := webcam.V4L2
	if config.Source == "file" {
		kind = webcam.File
	}
	return webcam.New(webcam.Config{
		Kind:        kind,
		Device:      config.VideoDevice,
		Width:       config.ImageWidth,
		Height:      config.ImageHeight,
		FrameRate:   config.FrameRate,
		PixelFormat: config.PixelFormat,
		Loop:        config.Loop,
		Owner:       "node " + config.Node,
		Notice:      notice,
	}), nil
}

func ffmpegCamera(config node.CameraConfig, notice func(string)) acquire.VideoSource {
	return ffmpeg.New(ffmpeg.Config{
		Args:        config.FFmpegArgs,
		Device:      config.VideoDevice,
		Resolve:     webcam.Resolve,
		Offers:      webcam.Offers,
		Owner:       "node " + config.Node,
		Width:       config.ImageWidth,
		Height:      config.ImageHeight,
		FrameRate:   config.FrameRate,
		PixelFormat: config.Encoding(),
		Loop:        config.Loop,
		Notice:      notice,
	})
}

func syntheticCamera(config node.CameraConfig) acquire.VideoSource {
	return synthetic.NewCamera(synthetic.CameraConfig{
		Width:     config.ImageWidth,
		Height:    config.ImageHeight,
		FrameRate: config.FrameRate,
		Encoding:  config.PixelFormat,
	})
}

// openMicrophone makes the audio source that the microphone's parameters ask
// for.
func openMicrophone(config node.MicrophoneConfig, notice func(string)) (acquire.AudioSource, error) {
	switch config.Source {
	case "synthetic":
		return syntheticMicrophone(config), nil
	case "file":
		return wavfile.New(wavfile.Config{
			Path:         config.Device,
			Loop:         config.Loop,
			Hurried:      !config.Realtime,
			PeriodFrames: config.BlockSize,
			Notice:       notice,
		}), nil
	}
	return microphone.New(microphone.Config{
		Device:          config.Device,
		Backend:         soundsystem.Backend(config.Backend),
		SampleRate:      config.SampleRate,
		Channels:        config.Channels,
		Encoding:        config.SampleFormat,
		AllowConversion: config.AllowConversion,
		PeriodFrames:    config.BlockSize,
		Owner:           "node " + config.Node,
		Notice:          notice,
	}), nil
}

func syntheticMicrophone(config node.MicrophoneConfig) acquire.AudioSource {
	return synthetic.NewMicrophone(synthetic.MicrophoneConfig{
		SampleRate:   config.SampleRate,
		Channels:     config.Channels,
		Encoding:     config.SampleFormat,
		PeriodFrames: config.BlockSize,
		Signal:       synthetic.Signal(config.Signal),
		Seed:         config.Seed,
		SystemTime:   clock.System,
	})
}
