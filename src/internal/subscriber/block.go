package subscriber

import (
	"fmt"
	"time"

	"av_capture/src/internal/media"
	av_capture_msg "av_capture/src/msgs/av_capture/msg"
	std_msgs_msg "av_capture/src/msgs/std_msgs/msg"
)

// Block is the sound of a message of av_capture/AudioData.
type Block struct {
	First  uint64        // index of the first audio frame
	Epoch  uint32        // of the indices
	Stamp  time.Duration // of the first audio frame, since ROS's epoch
	Format media.AudioFormat
	Data   []byte // whole audio frames, interleaved; the block's own
}

// End returns the index one past the last audio frame.
func (b Block) End() uint64 { return b.First + uint64(len(b.Data)/b.Format.FrameSize()) }

// lastFrame is the largest valid index of an audio frame. At the highest rate it is reached
// after 300,000 years, and sums with it stay far below 2^64.
const lastFrame = 1 << 62

// BlockOf returns the block of a message, or an error if it is invalid.
func BlockOf(m *av_capture_msg.AudioData) (Block, error) {
	b := Block{
		First: m.FirstFrame,
		Epoch: m.Epoch,
		Stamp: stampOf(&m.Header),
		Format: media.AudioFormat{
			SampleRate: int(m.SampleRate),
			Channels:   int(m.Channels),
			Encoding:   media.SampleFormat(m.Encoding),
		},
		Data: m.Data,
	}
	if err := media.CheckSound(b.Format); err != nil {
		return b, err
	}
	switch {
	case uint64(len(m.Data)) != uint64(m.FrameCount)*uint64(b.Format.FrameSize()):
		return b, fmt.Errorf("data has %d bytes, but frame_count %d of %d bytes are %d",
			len(m.Data), m.FrameCount, b.Format.FrameSize(), uint64(m.FrameCount)*uint64(b.Format.FrameSize()))
	case m.FirstFrame > lastFrame:
		return b, fmt.Errorf("first_frame is %d, which no node reaches", m.FirstFrame)
	}
	return b, nil
}

// stampOf returns the stamp of a header, since ROS's epoch.
func stampOf(header *std_msgs_msg.Header) time.Duration {
	return time.Duration(header.Stamp.Sec)*time.Second + time.Duration(header.Stamp.Nanosec)
}
