//go:build audio_common_msgs

package audiocommon

import audio_common_msgs_msg "av_capture/src/msgs/audio_common_msgs/msg"

// Installed returns nil: audio_common_msgs was there when this was built.
func Installed() error { return nil }

// The messages that are used.
type (
	AudioData        = audio_common_msgs_msg.AudioData
	AudioDataStamped = audio_common_msgs_msg.AudioDataStamped
	AudioInfo        = audio_common_msgs_msg.AudioInfo
)

// Their type supports.
var (
	AudioDataTypeSupport        = audio_common_msgs_msg.AudioDataTypeSupport
	AudioDataStampedTypeSupport = audio_common_msgs_msg.AudioDataStampedTypeSupport
	AudioInfoTypeSupport        = audio_common_msgs_msg.AudioInfoTypeSupport
)
