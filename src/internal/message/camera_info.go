package message

/*
#include <rosidl_runtime_c/message_type_support_struct.h>
#include <rosidl_runtime_c/primitives_sequence_functions.h>
#include <sensor_msgs/msg/camera_info.h>
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"av_capture/src/internal/calibration"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// CameraInfo is a sensor_msgs/CameraInfo that is filled in once for a
// calibration and then only stamped: publishing it allocates nothing.
//
// It is the message and its type support in one, for one publisher. One goroutine at
// a time may use it. Close it after its publisher.
type CameraInfo struct {
	persistent
	c       *C.sensor_msgs__msg__CameraInfo // owned
	frameID text
}

var (
	_ types.Message            = (*CameraInfo)(nil)
	_ types.MessageTypeSupport = (*CameraInfo)(nil)
)

// NewCameraInfo makes a message with the given header.frame_id, which describes
// nothing before Describe.
func NewCameraInfo(frameID string) (*CameraInfo, error) {
	c := C.sensor_msgs__msg__CameraInfo__create()
	if c == nil {
		return nil, errors.New("message: out of memory")
	}
	m := &CameraInfo{c: c, frameID: text{field: &c.header.frame_id}}
	m.persistent = persistent{self: m, memory: unsafe.Pointer(c)}
	if err := m.SetFrameID(frameID); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// SetFrameID sets header.frame_id. It costs nothing if that does not change.
func (m *CameraInfo) SetFrameID(frameID string) error { return m.frameID.set(frameID) }

// Describe fills in a camera's calibration.
func (m *CameraInfo) Describe(camera *calibration.Camera) error {
	if err := assign(&m.c.distortion_model, camera.Model); err != nil {
		return err
	}
	C.rosidl_runtime_c__double__Sequence__fini(&m.c.d)
	if !C.rosidl_runtime_c__double__Sequence__init(&m.c.d, C.size_t(len(camera.D))) {
		return errors.New("message: out of memory")
	}
	if len(camera.D) > 0 {
		copy(unsafe.Slice((*float64)(m.c.d.data), len(camera.D)), camera.D)
	}
	m.c.width, m.c.height = C.uint32_t(camera.Width), C.uint32_t(camera.Height)
	for i, v := range camera.K {
		m.c.k[i] = C.double(v)
	}
	for i, v := range camera.R {
		m.c.r[i] = C.double(v)
	}
	for i, v := range camera.P {
		m.c.p[i] = C.double(v)
	}
	m.c.binning_x, m.c.binning_y = C.uint32_t(camera.BinningX), C.uint32_t(camera.BinningY)
	m.c.roi.x_offset, m.c.roi.y_offset = C.uint32_t(camera.Region.X), C.uint32_t(camera.Region.Y)
	m.c.roi.width, m.c.roi.height = C.uint32_t(camera.Region.Width), C.uint32_t(camera.Region.Height)
	m.c.roi.do_rectify = C.bool(camera.Region.Rectify)
	return nil
}

// Stamp sets header.stamp (ROS time).
func (m *CameraInfo) Stamp(stamp time.Time) { setStamp(&m.c.header.stamp, stamp) }

// Close frees the message. It may be called more than once.
func (m *CameraInfo) Close() {
	if m.c != nil {
		C.sensor_msgs__msg__CameraInfo__destroy(m.c)
		m.c = nil
	}
}

// SetDefaults does nothing: Describe fills in the message.
func (m *CameraInfo) SetDefaults() {}

// AsCStruct does nothing: all is in the C struct already.
func (m *CameraInfo) AsCStruct(unsafe.Pointer, types.Message) {}

// ReleaseMemory does nothing: the C struct serves the next publish.
func (m *CameraInfo) ReleaseMemory(unsafe.Pointer) {}

// TypeSupport returns the *rosidl_message_type_support_t of
// sensor_msgs/CameraInfo.
func (m *CameraInfo) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.rosidl_typesupport_c__get_message_type_support_handle__sensor_msgs__msg__CameraInfo())
}
