//go:build !audio_common_msgs

package audiocommon

import (
	"av_capture/src/internal/message"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Installed says that audio_common_msgs was not there when this was built.
func Installed() error {
	return message.NotInstalled("audio_common_msgs", "AudioData", "AudioDataStamped", "AudioInfo")
}

// AudioData stands for audio_common_msgs/AudioData.
type AudioData struct {
	message.Absent
	Data []uint8
}

// AudioDataStamped stands for audio_common_msgs/AudioDataStamped.
type AudioDataStamped struct {
	message.Absent
	Header std_msgs_msg.Header
	Audio  AudioData
}

// AudioInfo stands for audio_common_msgs/AudioInfo.
type AudioInfo struct {
	message.Absent
	Channels     uint8
	SampleRate   uint32
	SampleFormat string
	Bitrate      uint32
	CodingFormat string
}

// Their type supports, which are not there.
var AudioDataTypeSupport, AudioDataStampedTypeSupport, AudioInfoTypeSupport types.MessageTypeSupport
