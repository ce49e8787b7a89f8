package node

import (
	"strings"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// input is what a node captures from, as its parameters name it.
type input struct {
	parameter string // that decides about it
	name      string // for people, without a password
	device    bool   // something that can be plugged in, as far as its name tells
}

// cameraInput returns what a camera's parameters name.
func cameraInput(set param.Set) input {
	name := set.String("video_device")
	switch source := set.String("source"); {
	case source == "synthetic":
		return input{"source", source, false}
	case source == "ffmpeg" && len(set.Strings("ffmpeg_args")) > 0:
		return input{"ffmpeg_args", source, false}
	case source == "v4l2":
		return input{"video_device", name, true}
	default:
		return input{"video_device", acquire.Redacted(name), strings.HasPrefix(name, "/dev/")}
	}
}

// microphoneInput returns what a microphone's parameters name.
func microphoneInput(set param.Set) input {
	switch source := set.String("source"); source {
	case "synthetic":
		return input{"source", source, false}
	default:
		return input{"device", set.String("device"), source == "device"}
	}
}
