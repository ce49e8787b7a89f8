package testmsg

/*
#include <std_msgs/msg/string.h>
#include <rosidl_runtime_c/message_type_support_struct.h>

static const rosidl_message_type_support_t * string_type_support(void)
{
  return ROSIDL_GET_MSG_TYPE_SUPPORT(std_msgs, msg, String);
}
*/
import "C"

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// String is std_msgs/String.
type String struct{ Data string }

// CloneMsg implements types.Message.
func (m *String) CloneMsg() types.Message { c := *m; return &c }

// SetDefaults implements types.Message.
func (m *String) SetDefaults() { *m = String{} }

// GetTypeSupport implements types.Message.
func (m *String) GetTypeSupport() types.MessageTypeSupport { return StringTypeSupport }

// StringTypeSupport is the type support of String.
var StringTypeSupport types.MessageTypeSupport = stringTypeSupport{}

type stringTypeSupport struct{}

func (stringTypeSupport) New() types.Message { return &String{} }

func (stringTypeSupport) PrepareMemory() unsafe.Pointer {
	live.Add(1)
	return unsafe.Pointer(C.std_msgs__msg__String__create())
}

func (stringTypeSupport) ReleaseMemory(p unsafe.Pointer) {
	live.Add(-1)
	C.std_msgs__msg__String__destroy((*C.std_msgs__msg__String)(p))
}

func (stringTypeSupport) AsCStruct(dst unsafe.Pointer, src types.Message) {
	c := (*C.std_msgs__msg__String)(dst)
	primitives.StringAsCStruct(unsafe.Pointer(&c.data), src.(*String).Data)
}

func (stringTypeSupport) AsGoStruct(dst types.Message, src unsafe.Pointer) {
	c := (*C.std_msgs__msg__String)(src)
	primitives.StringAsGoStruct(&dst.(*String).Data, unsafe.Pointer(&c.data))
}

func (stringTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.string_type_support())
}
