// Package foxglove has messages of Foxglove, whose panels play and show them, where
// foxglove_msgs was installed when this was built.
package foxglove

// The types of topics.
const (
	CompressedVideoType = "foxglove_msgs/msg/CompressedVideo"
	RawAudioType        = "foxglove_msgs/msg/RawAudio"
)

// PCMS16 is the format of a RawAudio with signed samples of 16 bits.
const PCMS16 = "pcm-s16"
