package listener

import (
	"fmt"
	"slices"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/msgs/av_capture/msg"
)

// Block is what a message of av_capture/AudioData holds.
type Block struct {
	First  uint64        // index of the first audio frame
	Epoch  uint32        // of the indices
	Stamp  time.Duration // of the first audio frame, since ROS's epoch
	Format acquire.AudioFormat
	Data   []byte // whole audio frames, interleaved; the block's own
}

// End returns the index one past the last audio frame.
func (b Block) End() uint64 { return b.First + uint64(len(b.Data)/b.Format.FrameSize()) }

// blockOf returns what a message holds, or says what is wrong with it.
func blockOf(m *av_capture_msg.AudioData) (Block, error) {
	b := Block{
		First: m.FirstFrame,
		Epoch: m.Epoch,
		Stamp: time.Duration(m.Header.Stamp.Sec)*time.Second + time.Duration(m.Header.Stamp.Nanosec),
		Format: acquire.AudioFormat{
			SampleRate: int(m.SampleRate),
			Channels:   int(m.Channels),
			Encoding:   acquire.SampleFormat(m.Encoding),
		},
		Data: m.Data,
	}
	switch {
	case !slices.Contains(acquire.SampleFormats, b.Format.Encoding):
		return b, fmt.Errorf("encoding is %q, must be one of %v", m.Encoding, acquire.SampleFormats)
	case m.SampleRate == 0 || m.Channels == 0:
		return b, fmt.Errorf("sample_rate is %d and channels is %d, must not be 0", m.SampleRate, m.Channels)
	case uint64(len(m.Data)) != uint64(m.FrameCount)*uint64(b.Format.FrameSize()):
		return b, fmt.Errorf("data has %d bytes, but frame_count %d of %d bytes are %d",
			len(m.Data), m.FrameCount, b.Format.FrameSize(), uint64(m.FrameCount)*uint64(b.Format.FrameSize()))
	case m.FirstFrame > 1<<63:
		return b, fmt.Errorf("first_frame is %d, which no node reaches", m.FirstFrame)
	}
	return b, nil
}

// Step is how a block follows the one before it.
type Step int

// The steps.
const (
	Begins    Step = iota // it is the first one
	Follows               // no audio frame is missing between the two
	Skips                 // some are
	Restarts              // its indices have begun anew: another node, or the same or a bag once more
	Reformats             // its format is another one
)

// Sequence tells how blocks follow each other. The zero Sequence waits for the
// first one.
type Sequence struct {
	begun  bool
	next   uint64 // index one past the newest block
	format acquire.AudioFormat
}

// Next takes a block. Of one that [Skips], missing is the number of audio frames
// that are missing before it.
func (s *Sequence) Next(b Block) (step Step, missing uint64) {
	before := *s
	s.begun, s.next, s.format = true, b.End(), b.Format
	switch {
	case !before.begun:
		return Begins, 0
	case b.Format != before.format:
		return Reformats, 0
	case b.First < before.next:
		return Restarts, 0
	case b.First > before.next:
		return Skips, b.First - before.next
	}
	return Follows, 0
}
