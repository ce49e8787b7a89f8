package message

/*
#include <av_capture/msg/audio_data.h>
#include <rosidl_runtime_c/message_type_support_struct.h>
#include <rosidl_runtime_c/primitives_sequence_functions.h>
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"av_capture/src/internal/media"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// AudioData is an av_capture/AudioData with a buffer in C's memory, into which samples
// are copied straight from the ring.
//
// It is the message and its type support in one, for one publisher. One goroutine at
// a time may use it. Close it after its publisher.
type AudioData struct {
	persistent
	c         *C.av_capture__msg__AudioData // owned, data included
	frameID   text
	frameSize int // [bytes]
}

var (
	_ types.Message            = (*AudioData)(nil)
	_ types.MessageTypeSupport = (*AudioData)(nil)
)

// Block describes the audio frames in an AudioData.
type Block struct {
	Stamp  time.Time // acquisition of the first audio frame, ROS time
	First  uint64    // index of the first audio frame since the node started
	Frames int       // [audio frames], at most the block size
	Epoch  uint32    // how often the source has been reopened
	Lost   uint64    // [audio frames] lost since the node started
}

// NewAudioData makes a message with the given header.frame_id. It has no buffer before
// Reserve.
func NewAudioData(frameID string) (*AudioData, error) {
	c := C.av_capture__msg__AudioData__create()
	if c == nil {
		return nil, errors.New("message: out of memory")
	}
	m := &AudioData{c: c, frameID: text{field: &c.header.frame_id}}
	m.persistent = persistent{self: m, memory: unsafe.Pointer(c)}
	if err := m.SetFrameID(frameID); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// SetFrameID sets header.frame_id. It costs nothing if that does not change.
func (m *AudioData) SetFrameID(frameID string) error { return m.frameID.set(frameID) }

// Reserve makes a buffer for blocks of blockSize audio frames of a format. The former
// buffer is freed.
func (m *AudioData) Reserve(format media.AudioFormat, blockSize int) error {
	if err := assign(&m.c.encoding, string(format.Encoding)); err != nil {
		return err
	}
	m.frameSize = format.FrameSize()
	m.c.sample_rate = C.uint32_t(format.SampleRate)
	m.c.channels = C.uint16_t(format.Channels)
	C.rosidl_runtime_c__uint8__Sequence__fini(&m.c.data)
	if !C.rosidl_runtime_c__uint8__Sequence__init(&m.c.data, C.size_t(blockSize*m.frameSize)) {
		return errors.New("message: out of memory")
	}
	return nil
}

// Buffer returns the memory for the samples of one block, interleaved: blockSize times
// the bytes of an audio frame. It is valid until the next Reserve or Close.
func (m *AudioData) Buffer() []byte {
	return unsafe.Slice((*byte)(m.c.data.data), int(m.c.data.capacity))
}

// Describe sets the fields that describe the buffer's block.
func (m *AudioData) Describe(b Block) {
	setStamp(&m.c.header.stamp, b.Stamp)
	m.c.first_frame = C.uint64_t(b.First)
	m.c.epoch = C.uint32_t(b.Epoch)
	m.c.frame_count = C.uint32_t(b.Frames)
	m.c.lost_frames = C.uint64_t(b.Lost)
	m.c.data.size = C.size_t(b.Frames * m.frameSize)
}

// Close frees the message and its buffer. It may be called more than once.
func (m *AudioData) Close() {
	if m.c != nil {
		C.av_capture__msg__AudioData__destroy(m.c)
		m.c = nil
	}
}

// SetDefaults empties the block.
func (m *AudioData) SetDefaults() { m.Describe(Block{}) }

// AsCStruct does nothing: the samples are in the C struct already.
func (m *AudioData) AsCStruct(unsafe.Pointer, types.Message) {}

// ReleaseMemory does nothing: the C struct serves the next publish.
func (m *AudioData) ReleaseMemory(unsafe.Pointer) {}

// TypeSupport returns the *rosidl_message_type_support_t of
// av_capture/AudioData.
func (m *AudioData) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_message_type_support_handle__av_capture__msg__AudioData())
}
