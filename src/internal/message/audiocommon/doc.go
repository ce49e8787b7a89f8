// Package audiocommon has the messages of audio_common, sound as its nodes audio_capture and
// audio_play know it, where audio_common_msgs was installed when this was built.
//
// A package of the same name by others has other messages: it counts as absent.
package audiocommon

// The types of topics.
const (
	AudioDataType        = "audio_common_msgs/msg/AudioData"
	AudioDataStampedType = "audio_common_msgs/msg/AudioDataStamped"
	AudioInfoType        = "audio_common_msgs/msg/AudioInfo"
)

// The coding formats of an AudioInfo, which say what is in the data: samples as they are, without
// a header, and frames of MP3.
const (
	Wave = "wave"
	MP3  = "mp3"
)
