package camera

import (
	"strings"

	"av_capture/src/internal/inputurl"
	"av_capture/src/internal/node"
	"av_capture/src/internal/param"
)

// inputOf returns the input that the parameters name.
func inputOf(set param.Set) node.Input {
	name := inputurl.Redacted(set.String("video_device"))
	switch source := set.String("source"); {
	case source == "synthetic":
		return node.Input{Parameter: "source", Name: source, Device: false}
	case source == "ffmpeg" && len(set.Strings("ffmpeg_args")) > 0:
		return node.Input{Parameter: "ffmpeg_args", Name: source, Device: false}
	case source == "v4l2":
		return node.Input{Parameter: "video_device", Name: name, Device: true}
	default:
		return node.Input{Parameter: "video_device", Name: name, Device: strings.HasPrefix(name, "/dev/")}
	}
}
