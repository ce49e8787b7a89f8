package main

import (
	"slices"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg"
	sounddevice "av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/opencv"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/acquire/wavfile"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/soundsystem"
)

// openCamera makes the video source of the camera's parameters.
func openCamera(config camera.Config, notice func(string)) (acquire.VideoSource, error) {
	switch config.Source {
	case "synthetic":
		return syntheticCamera(config), nil
	case "ffmpeg":
		return ffmpegCamera(config, notice), nil
	case "file":
		return opencvCamera(opencv.File, config, notice), nil
	case "opencv":
		return opencvCamera(opencv.KindOf(config.VideoDevice), config, notice), nil
	}
	return v4l2Camera(config, notice), nil
}

func v4l2Camera(config camera.Config, notice func(string)) acquire.VideoSource {
	camera := v4l2.Config{
		Device:      config.VideoDevice,
		Width:       config.ImageWidth,
		Height:      config.ImageHeight,
		FrameRate:   config.FrameRate,
		PixelFormat: config.PixelFormat,
		Buffers:     config.BufferCount,
		Owner:       "node " + config.Node,
		Notice:      notice,
	}
	if slices.Contains(media.Converted, config.PixelFormat) {
		camera.Converter = imaging.NewConverter(config.PixelFormat)
	}
	return v4l2.New(camera)
}

func opencvCamera(kind opencv.Kind, config camera.Config, notice func(string)) acquire.VideoSource {
	return opencv.New(opencv.Config{
		Kind:        kind,
		Device:      config.VideoDevice,
		Locate:      config.Allowed.File,
		Resolve:     v4l2.Resolve,
		Padding:     v4l2.Padding,
		Width:       config.ImageWidth,
		Height:      config.ImageHeight,
		FrameRate:   config.FrameRate,
		PixelFormat: config.PixelFormat,
		Loop:        config.Loop,
		Owner:       "node " + config.Node,
		Notice:      notice,
	})
}

func ffmpegCamera(config camera.Config, notice func(string)) acquire.VideoSource {
	return ffmpeg.New(ffmpeg.Config{
		Args:        config.FFmpegArgs,
		Device:      config.VideoDevice,
		Locate:      config.Allowed.Input,
		Resolve:     v4l2.Resolve,
		Offers:      v4l2.Offers,
		Owner:       "node " + config.Node,
		Width:       config.ImageWidth,
		Height:      config.ImageHeight,
		FrameRate:   config.FrameRate,
		PixelFormat: config.Encoding(),
		Loop:        config.Loop,
		Notice:      notice,
	})
}

func syntheticCamera(config camera.Config) acquire.VideoSource {
	return synthetic.NewCamera(synthetic.CameraConfig{
		Width:      config.ImageWidth,
		Height:     config.ImageHeight,
		FrameRate:  config.FrameRate,
		Encoding:   config.PixelFormat,
		Pattern:    synthetic.Pattern(config.Pattern),
		SystemTime: clock.System,
	})
}

// openMicrophone makes the audio source of the microphone's parameters.
func openMicrophone(config microphone.Config, notice func(string)) (acquire.AudioSource, error) {
	switch config.Source {
	case "synthetic":
		return syntheticMicrophone(config), nil
	case "file":
		return wavfile.New(wavfile.Config{
			Path:         config.Device,
			Open:         config.Allowed.Open,
			Loop:         config.Loop,
			Batch:        !config.Realtime,
			PeriodFrames: config.BlockSize,
			Notice:       notice,
		}), nil
	}
	return sounddevice.New(sounddevice.Config{
		Device:          config.Device,
		Backend:         soundsystem.Backend(config.Backend),
		SampleRate:      config.SampleRate,
		Channels:        config.Channels,
		ChannelMap:      config.ChannelMap,
		Encoding:        config.SampleFormat,
		AllowConversion: config.AllowConversion,
		PeriodFrames:    config.BlockSize,
		Owner:           "node " + config.Node,
		Notice:          notice,
	}), nil
}

func syntheticMicrophone(config microphone.Config) acquire.AudioSource {
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
