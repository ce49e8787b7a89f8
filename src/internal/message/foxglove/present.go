//go:build foxglove_msgs

package foxglove

import foxglove_msgs_msg "av_capture/src/msgs/foxglove_msgs/msg"

// Installed returns nil: foxglove_msgs was there when this was built.
func Installed() error { return nil }

// The messages that are used.
type (
	CompressedVideo = foxglove_msgs_msg.CompressedVideo
	RawAudio        = foxglove_msgs_msg.RawAudio
)

// Their type supports.
var (
	CompressedVideoTypeSupport = foxglove_msgs_msg.CompressedVideoTypeSupport
	RawAudioTypeSupport        = foxglove_msgs_msg.RawAudioTypeSupport
)
