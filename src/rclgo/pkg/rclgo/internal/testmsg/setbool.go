package testmsg

/*
#include <std_srvs/srv/set_bool.h>
#include <rosidl_runtime_c/message_type_support_struct.h>
#include <rosidl_runtime_c/service_type_support_struct.h>

static const rosidl_message_type_support_t * request_type_support(void)
{
  return ROSIDL_GET_MSG_TYPE_SUPPORT(std_srvs, srv, SetBool_Request);
}

static const rosidl_message_type_support_t * response_type_support(void)
{
  return ROSIDL_GET_MSG_TYPE_SUPPORT(std_srvs, srv, SetBool_Response);
}

static const rosidl_service_type_support_t * service_type_support(void)
{
  return ROSIDL_GET_SRV_TYPE_SUPPORT(std_srvs, srv, SetBool);
}
*/
import "C"

import (
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/primitives"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// SetBoolRequest is the request of std_srvs/SetBool.
type SetBoolRequest struct{ Data bool }

// CloneMsg implements types.Message.
func (m *SetBoolRequest) CloneMsg() types.Message { c := *m; return &c }

// SetDefaults implements types.Message.
func (m *SetBoolRequest) SetDefaults() { *m = SetBoolRequest{} }

// GetTypeSupport implements types.Message.
func (m *SetBoolRequest) GetTypeSupport() types.MessageTypeSupport { return requestTypeSupport{} }

// SetBoolResponse is the response of std_srvs/SetBool.
type SetBoolResponse struct {
	Success bool
	Message string
}

// CloneMsg implements types.Message.
func (m *SetBoolResponse) CloneMsg() types.Message { c := *m; return &c }

// SetDefaults implements types.Message.
func (m *SetBoolResponse) SetDefaults() { *m = SetBoolResponse{} }

// GetTypeSupport implements types.Message.
func (m *SetBoolResponse) GetTypeSupport() types.MessageTypeSupport { return responseTypeSupport{} }

// SetBoolTypeSupport is the type support of std_srvs/SetBool.
var SetBoolTypeSupport types.ServiceTypeSupport = setBoolTypeSupport{}

type setBoolTypeSupport struct{}

func (setBoolTypeSupport) Request() types.MessageTypeSupport  { return requestTypeSupport{} }
func (setBoolTypeSupport) Response() types.MessageTypeSupport { return responseTypeSupport{} }
func (setBoolTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.service_type_support())
}

type requestTypeSupport struct{}

func (requestTypeSupport) New() types.Message { return &SetBoolRequest{} }

func (requestTypeSupport) PrepareMemory() unsafe.Pointer {
	live.Add(1)
	return unsafe.Pointer(C.std_srvs__srv__SetBool_Request__create())
}

func (requestTypeSupport) ReleaseMemory(p unsafe.Pointer) {
	live.Add(-1)
	C.std_srvs__srv__SetBool_Request__destroy((*C.std_srvs__srv__SetBool_Request)(p))
}

func (requestTypeSupport) AsCStruct(dst unsafe.Pointer, src types.Message) {
	(*C.std_srvs__srv__SetBool_Request)(dst).data = C.bool(src.(*SetBoolRequest).Data)
}

func (requestTypeSupport) AsGoStruct(dst types.Message, src unsafe.Pointer) {
	dst.(*SetBoolRequest).Data = bool((*C.std_srvs__srv__SetBool_Request)(src).data)
}

func (requestTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.request_type_support())
}

type responseTypeSupport struct{}

func (responseTypeSupport) New() types.Message { return &SetBoolResponse{} }

func (responseTypeSupport) PrepareMemory() unsafe.Pointer {
	live.Add(1)
	return unsafe.Pointer(C.std_srvs__srv__SetBool_Response__create())
}

func (responseTypeSupport) ReleaseMemory(p unsafe.Pointer) {
	live.Add(-1)
	C.std_srvs__srv__SetBool_Response__destroy((*C.std_srvs__srv__SetBool_Response)(p))
}

func (responseTypeSupport) AsCStruct(dst unsafe.Pointer, src types.Message) {
	c, m := (*C.std_srvs__srv__SetBool_Response)(dst), src.(*SetBoolResponse)
	c.success = C.bool(m.Success)
	primitives.StringAsCStruct(unsafe.Pointer(&c.message), m.Message)
}

func (responseTypeSupport) AsGoStruct(dst types.Message, src unsafe.Pointer) {
	c, m := (*C.std_srvs__srv__SetBool_Response)(src), dst.(*SetBoolResponse)
	m.Success = bool(c.success)
	primitives.StringAsGoStruct(&m.Message, unsafe.Pointer(&c.message))
}

func (responseTypeSupport) TypeSupport() unsafe.Pointer {
	return unsafe.Pointer(C.response_type_support())
}
