package message

/*
#include <rosidl_runtime_c/message_type_support_struct.h>
#include <rosidl_runtime_c/string_functions.h>
#include <sensor_msgs/msg/compressed_image.h>
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"av_capture/src/internal/media"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// CompressedImage is a sensor_msgs/CompressedImage whose data belongs to the caller. It
// is used like [Image].
type CompressedImage struct {
	persistent
	c       *C.sensor_msgs__msg__CompressedImage // owned, but for data
	frameID text
	format  text
	data    borrowed
}

var (
	_ types.Message            = (*CompressedImage)(nil)
	_ types.MessageTypeSupport = (*CompressedImage)(nil)
)

// NewCompressedImage makes a message with the given header.frame_id.
func NewCompressedImage(frameID string) (*CompressedImage, error) {
	c := C.sensor_msgs__msg__CompressedImage__create()
	if c == nil {
		return nil, errors.New("message: out of memory")
	}
	m := &CompressedImage{
		c:       c,
		frameID: text{field: &c.header.frame_id},
		format:  text{field: &c.format},
		data:    borrowed{field: &c.data},
	}
	m.persistent = persistent{self: m, memory: unsafe.Pointer(c)}
	if err := m.SetFrameID(frameID); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// SetFrameID sets header.frame_id. It costs nothing if that does not change.
func (m *CompressedImage) SetFrameID(frameID string) error { return m.frameID.set(frameID) }

// Point makes the message hold the file img.Data, acquired at stamp (ROS time);
// img.Encoding goes into its format, as in "bgr8; jpeg compressed bgr8". It
// copies nothing: img.Data must stay valid and unchanged until Publish has
// returned, and must be C's memory or pinned.
func (m *CompressedImage) Point(img *media.Image, stamp time.Time) error {
	if err := m.format.set(img.Encoding); err != nil {
		return err
	}
	setStamp(&m.c.header.stamp, stamp)
	m.data.data = img.Data
	return nil
}

// Close frees the message without its data. It may be called more than once.
func (m *CompressedImage) Close() {
	if m.c == nil {
		return
	}
	m.ReleaseMemory(nil)
	C.sensor_msgs__msg__CompressedImage__destroy(m.c)
	m.c = nil
}

// SetDefaults forgets the data that the message points at.
func (m *CompressedImage) SetDefaults() { m.data.data = nil }

// AsCStruct points the C struct's data at the memory given to Point.
func (m *CompressedImage) AsCStruct(unsafe.Pointer, types.Message) { m.data.lend() }

// ReleaseMemory lets go of the data.
func (m *CompressedImage) ReleaseMemory(unsafe.Pointer) { m.data.giveBack() }

// TypeSupport returns the *rosidl_message_type_support_t of sensor_msgs/CompressedImage.
func (m *CompressedImage) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_message_type_support_handle__sensor_msgs__msg__CompressedImage())
}
