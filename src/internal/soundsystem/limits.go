package soundsystem

import "av_capture/src/internal/media"

// Limits of all sound systems.
const (
	MaxSampleRate = media.MaxSampleRate // [Hz]
	MaxChannels   = media.MaxChannels
)
