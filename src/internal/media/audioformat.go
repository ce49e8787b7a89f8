package media

import "fmt"

// SampleFormat is the format of one sample, in GStreamer's words.
type SampleFormat string

// The sample formats of av_capture/AudioData.
const (
	S16LE SampleFormat = "S16LE" // signed 16 bit
	S24LE SampleFormat = "S24LE" // signed 24 bit, packed in 3 bytes
	S32LE SampleFormat = "S32LE" // signed 32 bit
	F32LE SampleFormat = "F32LE" // IEEE 754 binary32
	U8    SampleFormat = "U8"    // unsigned 8 bit, zero at 128
)

// SampleFormats lists all of them.
var SampleFormats = []SampleFormat{S16LE, S24LE, S32LE, F32LE, U8}

// Size returns the bytes of one sample, or 0 for an unknown format.
func (f SampleFormat) Size() int {
	switch f {
	case U8:
		return 1
	case S16LE:
		return 2
	case S24LE:
		return 3
	case S32LE, F32LE:
		return 4
	}
	return 0
}

// AudioFormat is the real format of a source's sound, as opposed to the wanted one.
type AudioFormat struct {
	Device     string       // the device in words, for people
	SampleRate int          // [Hz]
	Channels   int          // samples per audio frame
	Encoding   SampleFormat // of one sample

	Native    string // the device's own formats in words; empty if the source is no device
	Converted bool   // the sound is converted to this format
}

// FrameSize returns the bytes of one audio frame: a sample of every channel.
func (f AudioFormat) FrameSize() int { return f.Channels * f.Encoding.Size() }

// String describes the format for people, as in "44100 Hz, 1 channel, S16LE".
func (f AudioFormat) String() string {
	plural := "s"
	if f.Channels == 1 {
		plural = ""
	}
	return fmt.Sprintf("%d Hz, %d channel%s, %s", f.SampleRate, f.Channels, plural, f.Encoding)
}
