package acquire

import (
	"context"
	"fmt"
	"time"
)

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

// AudioFormat is what a microphone really gives, as opposed to what was asked
// for.
type AudioFormat struct {
	Device     string       // the device in words, for people
	SampleRate int          // [Hz]
	Channels   int          // samples per audio frame
	Encoding   SampleFormat // of one sample

	Native    string // the formats that the device has itself, in words; empty where it is no device
	Converted bool   // none of them is this one: the sound system converts
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

// Period is what one callback of a sound card brings: consecutive audio frames
// that follow the previous period's without a gap, but for Lost and Overrun.
//
// The source owns Data: it is valid until emit returns.
type Period struct {
	Data    []byte        // interleaved samples
	Frames  int           // [audio frames] in Data
	Arrival time.Duration // when the source handed the period over, on CLOCK_MONOTONIC: never before its last audio frame was acquired
	Lost    uint64        // [audio frames] that the source knows it lost just before this period
	Overrun bool          // the source knows that it lost sound just before this period, but not how much
}

// AudioSource gives sound.
type AudioSource interface {
	// Open opens the device and returns what it really gives. On an error
	// nothing stays open.
	Open(ctx context.Context) (AudioFormat, error)

	// Run emits periods until ctx ends (nil) or the source fails (an error
	// that wraps one of this package's). It blocks. emit is called on a
	// thread of the source's choice, which may be the sound system's
	// real-time thread, but never on two at once and never after Run has
	// returned: it must copy and return at once, and must not block, unless
	// the source says that it may.
	Run(ctx context.Context, emit func(Period)) error

	// Close gives the device back. It may be called any number of times, but
	// not while Run is running.
	Close() error
}
