package rclgo

/*
#include <rmw/rmw.h>
#include <rmw/serialized_message.h>
#include <rcutils/types/uint8_array.h>

static rmw_ret_t deserialize(
  void * data, size_t size, const rosidl_message_type_support_t * type_support, void * message)
{
  rmw_serialized_message_t serialized = {
    .buffer = data,
    .buffer_length = size,
    .buffer_capacity = size,
    .allocator = rcutils_get_default_allocator(),
  };
  return rmw_deserialize(&serialized, type_support, message);
}
*/
import "C"

import (
	"runtime"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Serialize returns msg in the middleware's wire format.
func Serialize(msg types.Message) ([]byte, error) {
	if msg == nil {
		return nil, codeError(C.RMW_RET_INVALID_ARGUMENT, "message is nil", "serialize")
	}
	ts := msg.GetTypeSupport()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	ts.AsCStruct(mem, msg)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buf, err := newSerializedMessage("serialize")
	if err != nil {
		return nil, err
	}
	defer buf.free()
	if rc := C.rmw_serialize(mem, (*C.rosidl_message_type_support_t)(ts.TypeSupport()), &buf.rcl); rc != C.RMW_RET_OK {
		return nil, newError(rc, "serialize")
	}
	return buf.bytes(), nil
}

// Deserialize returns the message of type ts whose serialized form is buf.
func Deserialize(buf []byte, ts types.MessageTypeSupport) (types.Message, error) {
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	rc := C.deserialize(unsafe.Pointer(unsafe.SliceData(buf)), C.size_t(len(buf)),
		(*C.rosidl_message_type_support_t)(ts.TypeSupport()), mem)
	if rc != C.RMW_RET_OK {
		return nil, newError(rc, "deserialize %d bytes", len(buf))
	}
	msg := ts.New()
	if err := toGo(ts, msg, mem); err != nil {
		return nil, codeError(C.RMW_RET_ERROR, err.Error(), "deserialize %d bytes", len(buf))
	}
	return msg, nil
}

// serializedMessage is a buffer that the middleware grows and fills.
type serializedMessage struct {
	rcl C.rmw_serialized_message_t
}

// newSerializedMessage returns an empty buffer. The caller has locked its thread
// and calls free.
func newSerializedMessage(operation string, args ...any) (*serializedMessage, error) {
	m := &serializedMessage{rcl: C.rcutils_get_zero_initialized_uint8_array()}
	allocator := C.rcutils_get_default_allocator()
	if rc := C.rcutils_uint8_array_init(&m.rcl, 0, &allocator); rc != C.RCUTILS_RET_OK {
		return nil, newRcutilsError(rc, operation, args...)
	}
	return m, nil
}

// bytes returns a copy.
func (m *serializedMessage) bytes() []byte {
	return append([]byte{}, unsafe.Slice((*byte)(m.rcl.buffer), int(m.rcl.buffer_length))...)
}

func (m *serializedMessage) free() {
	C.rcutils_uint8_array_fini(&m.rcl)
}
