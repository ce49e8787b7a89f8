//go:build !foxglove_msgs

package foxglove

import (
	"av_capture/src/internal/message"
	builtin_interfaces_msg "av_capture/src/msgs/builtin_interfaces/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Installed says that foxglove_msgs was not there when this was built.
func Installed() error { return message.NotInstalled("foxglove_msgs", "CompressedVideo", "RawAudio") }

// CompressedVideo stands for foxglove_msgs/CompressedVideo.
type CompressedVideo struct {
	message.Absent
	Timestamp builtin_interfaces_msg.Time
	FrameId   string
	Data      []uint8
	Format    string
}

// RawAudio stands for foxglove_msgs/RawAudio.
type RawAudio struct {
	message.Absent
	Timestamp        builtin_interfaces_msg.Time
	Data             []uint8
	Format           string
	SampleRate       uint32
	NumberOfChannels uint32
}

// Their type supports, which are not there.
var CompressedVideoTypeSupport, RawAudioTypeSupport types.MessageTypeSupport
