package main

import (
	"path/filepath"
	"slices"
	"strings"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg"
	sounddevice "av_capture/src/internal/acquire/microphone"
	"av_capture/src/internal/acquire/opencv"
	"av_capture/src/internal/acquire/soundfile"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/acquire/v4l2"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/imaging"
	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node/camera"
	"av_capture/src/internal/node/microphone"
	"av_capture/src/internal/soundsystem"
)

// timelines keep the nodes that play one film in step.
var timelines timing.Timelines

// owner names a node to the sources of others.
func owner(node string) string { return "node " + node }

// film returns a name for a file that several nodes may play; "" of a URL, or of a sequence of
// image files.
func film(name string) string {
	path := inputurl.LocalPath(name)
	if inputurl.IsURL(name) || strings.Contains(path, "%") {
		return ""
	}
	if absolute, err := filepath.Abs(path); err == nil {
		return absolute
	}
	return path
}

// openCamera makes the video source of the camera's parameters.
func openCamera(config camera.Config, notice func(string)) (acquire.VideoSource, error) {
	played := "" // in step with others
	if config.Source == "file" || config.Source == "ffmpeg" && len(config.FFmpegArgs) == 0 {
		played = film(config.VideoDevice)
	}
	timelines.Expect(owner(config.Node), played)
	switch config.Source {
	case "synthetic":
		return syntheticCamera(config), nil
	case "ffmpeg":
		return ffmpegCamera(config, played, notice), nil
	case "file":
		return opencvCamera(opencv.File, config, played, notice), nil
	case "opencv":
		return opencvCamera(opencv.KindOf(config.VideoDevice), config, played, notice), nil
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
		KeyFrame:    config.KeyFrame,
		Wanted:      config.Wanted,
		Owner:       owner(config.Node),
		Notice:      notice,
	}
	if slices.Contains(media.Converted, config.PixelFormat) {
		camera.Converter = imaging.NewConverter(config.PixelFormat)
	}
	return v4l2.New(camera)
}

func opencvCamera(kind opencv.Kind, config camera.Config, played string, notice func(string)) acquire.VideoSource {
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
		Owner:       owner(config.Node),
		Film:        played,
		Timelines:   &timelines,
		Notice:      notice,
	})
}

func ffmpegCamera(config camera.Config, played string, notice func(string)) acquire.VideoSource {
	return ffmpeg.New(ffmpeg.Config{
		Args:        config.FFmpegArgs,
		Device:      config.VideoDevice,
		Locate:      config.Allowed.Input,
		Resolve:     v4l2.Resolve,
		Offers:      v4l2.Offers,
		Owner:       owner(config.Node),
		Film:        played,
		Timelines:   &timelines,
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
		Wanted:     config.Wanted,
		SystemTime: clock.System,
	})
}

// openMicrophone makes the audio source of the microphone's parameters.
func openMicrophone(config microphone.Config, notice func(string)) (acquire.AudioSource, error) {
	played := "" // in step with others
	if config.Source == "file" && config.Realtime {
		played = film(config.Device)
	}
	timelines.Expect(owner(config.Node), played)
	switch config.Source {
	case "synthetic":
		return syntheticMicrophone(config), nil
	case "file":
		return soundfile.New(ffmpeg.SoundConfig{
			Path:         config.Device,
			Open:         config.Allowed.Open,
			Encoding:     config.SampleFormat,
			Loop:         config.Loop,
			Batch:        !config.Realtime,
			PeriodFrames: config.BlockSize,
			Owner:        owner(config.Node),
			Film:         played,
			Timelines:    &timelines,
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
		Held:            config.FifoSize,
		Owner:           owner(config.Node),
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
