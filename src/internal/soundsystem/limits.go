package soundsystem

// What no sound system exceeds.
const (
	MaxSampleRate = 384000 // [Hz] miniaudio's
	MaxChannels   = 32     // PulseAudio's
)
