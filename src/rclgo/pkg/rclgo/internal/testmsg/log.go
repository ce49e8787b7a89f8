package testmsg

/*
#cgo LDFLAGS: -lrcl_interfaces__rosidl_generator_c -lrcl_interfaces__rosidl_typesupport_c
#include <rcl_interfaces/msg/log.h>
#include <rosidl_runtime_c/message_type_support_struct.h>

static const rosidl_message_type_support_t * log_type_support(void)
{
  return ROSIDL_GET_MSG_TYPE_SUPPORT(rcl_interfaces, msg, Log);
}
*/
import "C"

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Log is rcl_interfaces/Log as a subscriber sees it. It cannot be published.
type Log struct {
	Level                     uint8
	Name, Msg, File, Function string
	Line                      uint32
}

// CloneMsg implements types.Message.
func (m *Log) CloneMsg() types.Message { c := *m; return &c }

// SetDefaults implements types.Message.
func (m *Log) SetDefaults() { *m = Log{} }

// GetTypeSupport implements types.Message.
func (m *Log) GetTypeSupport() types.MessageTypeSupport { return LogTypeSupport }

// LogTypeSupport is the type support of Log.
var LogTypeSupport types.MessageTypeSupport = logTypeSupport{}

type logTypeSupport struct{}

func (logTypeSupport) New() types.Message { return &Log{} }

func (logTypeSupport) PrepareMemory() unsafe.Pointer {
	live.Add(1)
	return unsafe.Pointer(C.rcl_interfaces__msg__Log__create())
}

func (logTypeSupport) ReleaseMemory(p unsafe.Pointer) {
	live.Add(-1)
	C.rcl_interfaces__msg__Log__destroy((*C.rcl_interfaces__msg__Log)(p))
}

func (logTypeSupport) AsCStruct(unsafe.Pointer, types.Message) {
	panic("testmsg: Log cannot be published")
}

func (logTypeSupport) AsGoStruct(dst types.Message, src unsafe.Pointer) {
	c, m := (*C.rcl_interfaces__msg__Log)(src), dst.(*Log)
	m.Level, m.Line = uint8(c.level), uint32(c.line)
	primitives.StringAsGoStruct(&m.Name, unsafe.Pointer(&c.name))
	primitives.StringAsGoStruct(&m.Msg, unsafe.Pointer(&c.msg))
	primitives.StringAsGoStruct(&m.File, unsafe.Pointer(&c.file))
	primitives.StringAsGoStruct(&m.Function, unsafe.Pointer(&c.function))
}

func (logTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.log_type_support())
}
