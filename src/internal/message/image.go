package message

/*
#include <rosidl_runtime_c/message_type_support_struct.h>
#include <rosidl_runtime_c/string_functions.h>
#include <sensor_msgs/msg/image.h>
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"av_capture/src/internal/media"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Image is a sensor_msgs/Image whose data belongs to the caller.
//
// It is the message and its type support in one, for one publisher:
//
//	m, err := message.NewImage("camera")
//	pub, err := node.NewPublisher("~/image_raw", m, nil)
//	m.Point(image, stamp)
//	pub.Publish(m)
//
// One goroutine at a time may use it. Close it after its publisher.
type Image struct {
	persistent
	c        *C.sensor_msgs__msg__Image // owned, but for data
	frameID  text
	encoding text
	data     borrowed
}

var (
	_ types.Message            = (*Image)(nil)
	_ types.MessageTypeSupport = (*Image)(nil)
)

// NewImage makes a message with the given header.frame_id.
func NewImage(frameID string) (*Image, error) {
	c := C.sensor_msgs__msg__Image__create()
	if c == nil {
		return nil, errors.New("message: out of memory")
	}
	m := &Image{
		c:        c,
		frameID:  text{field: &c.header.frame_id},
		encoding: text{field: &c.encoding},
		data:     borrowed{field: &c.data},
	}
	m.persistent = persistent{self: m, memory: unsafe.Pointer(c)}
	if err := m.SetFrameID(frameID); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// SetFrameID sets header.frame_id. It costs nothing if that does not change.
func (m *Image) SetFrameID(frameID string) error { return m.frameID.set(frameID) }

// Point makes the message describe img, acquired at stamp (ROS time). Raw 4:2:2
// gets the name under which rviz2 of this distribution shows it. It copies
// nothing: img.Data must stay valid and unchanged until Publish has returned,
// and must be C's memory or pinned.
func (m *Image) Point(img *media.Image, stamp time.Time) error {
	if err := m.encoding.set(EncodingName(img.Encoding)); err != nil {
		return err
	}
	setStamp(&m.c.header.stamp, stamp)
	m.c.height = C.uint32_t(img.Height)
	m.c.width = C.uint32_t(img.Width)
	m.c.step = C.uint32_t(img.Step)
	m.data.data = img.Data
	return nil
}

// Close frees the message without its data. It may be called more than once.
func (m *Image) Close() {
	if m.c == nil {
		return
	}
	m.ReleaseMemory(nil)
	C.sensor_msgs__msg__Image__destroy(m.c)
	m.c = nil
}

// SetDefaults forgets the data that the message points at.
func (m *Image) SetDefaults() { m.data.data = nil }

// AsCStruct points the C struct's data at the memory given to Point.
func (m *Image) AsCStruct(unsafe.Pointer, types.Message) { m.data.lend() }

// ReleaseMemory lets go of the data.
func (m *Image) ReleaseMemory(unsafe.Pointer) { m.data.giveBack() }

// TypeSupport returns the *rosidl_message_type_support_t of sensor_msgs/Image.
func (m *Image) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_message_type_support_handle__sensor_msgs__msg__Image())
}
