package testmsg

/*
#include <stdlib.h>
#include <std_msgs/msg/u_int8_multi_array.h>
#include <rosidl_runtime_c/message_type_support_struct.h>

static const rosidl_message_type_support_t * bytes_type_support(void)
{
  return ROSIDL_GET_MSG_TYPE_SUPPORT(std_msgs, msg, UInt8MultiArray);
}
*/
import "C"

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Bytes is std_msgs/UInt8MultiArray without a layout. Its type support points
// the C struct at C memory that is there already, as an application does that
// publishes without a copy.
type Bytes struct {
	Memory unsafe.Pointer // C memory of AllocBytes, or nil
	Len    int
	Data   []byte // as received
}

// AllocBytes returns a message of n bytes of C memory. The caller frees it.
func AllocBytes(n int) *Bytes {
	return &Bytes{Memory: C.calloc(1, C.size_t(n)), Len: n}
}

// Slice returns the memory of AllocBytes.
func (m *Bytes) Slice() []byte { return unsafe.Slice((*byte)(m.Memory), m.Len) }

// Free frees the memory of AllocBytes.
func (m *Bytes) Free() {
	C.free(m.Memory)
	m.Memory, m.Len = nil, 0
}

// CloneMsg implements types.Message. The clone has the same memory.
func (m *Bytes) CloneMsg() types.Message { c := *m; return &c }

// SetDefaults implements types.Message.
func (m *Bytes) SetDefaults() { *m = Bytes{} }

// GetTypeSupport implements types.Message.
func (m *Bytes) GetTypeSupport() types.MessageTypeSupport { return BytesTypeSupport }

// BytesTypeSupport is the type support of Bytes.
var BytesTypeSupport types.MessageTypeSupport = bytesTypeSupport{}

type bytesTypeSupport struct{}

func (bytesTypeSupport) New() types.Message { return &Bytes{} }

func (bytesTypeSupport) PrepareMemory() unsafe.Pointer {
	live.Add(1)
	return unsafe.Pointer(C.std_msgs__msg__UInt8MultiArray__create())
}

func (bytesTypeSupport) ReleaseMemory(p unsafe.Pointer) {
	live.Add(-1)
	c := (*C.std_msgs__msg__UInt8MultiArray)(p)
	if c.data.capacity == 0 {
		// Not the struct's own: see AsCStruct.
		c.data.data, c.data.size = nil, 0
	}
	C.std_msgs__msg__UInt8MultiArray__destroy(c)
}

// AsCStruct lends the memory to the C struct: a capacity of 0 says so.
func (bytesTypeSupport) AsCStruct(dst unsafe.Pointer, src types.Message) {
	c, m := (*C.std_msgs__msg__UInt8MultiArray)(dst), src.(*Bytes)
	c.data.data = (*C.uint8_t)(m.Memory)
	c.data.size = C.size_t(m.Len)
	c.data.capacity = 0
}

func (bytesTypeSupport) AsGoStruct(dst types.Message, src unsafe.Pointer) {
	c := (*C.std_msgs__msg__UInt8MultiArray)(src)
	primitives.Uint8__Sequence_to_Go(&dst.(*Bytes).Data, *(*primitives.CUint8__Sequence)(unsafe.Pointer(&c.data)))
}

func (bytesTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.bytes_type_support())
}
