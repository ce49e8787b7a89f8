package node

/*
#include <stdlib.h>
#include <rcl/event.h>
#include <rcl/node.h>
#include <rcl/publisher.h>
#include <rcutils/error_handling.h>
#include <type_description_interfaces/srv/get_type_description.h>
*/
import "C"

// What upstream's rclgo has no function for is called here, and only here, on
// rcl itself: on the handles that our rclgo gives out. They are valid until the
// node is closed, and base closes all that uses them before.

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"av_capture/src/msgs/type_description_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// handleOf returns the C object behind a *rclgo.Node or *rclgo.Publisher, nil
// where rclgo hides it.
func handleOf(entity any) unsafe.Pointer {
	if open, ok := entity.(interface{ Handle() unsafe.Pointer }); ok {
		return open.Handle()
	}
	return nil
}

// rclError returns the text of rcl's last error on this thread, which must have
// been locked since. It takes the text away.
func rclError(operation string, code C.rcl_ret_t) error {
	text := C.rcutils_get_error_string()
	defer C.rcutils_reset_error()
	return fmt.Errorf("node: %s: %s (rcl_ret_t %d)", operation, C.GoString(&text.str[0]), int(code))
}

// event is one kind of event of a publisher, in C's memory.
type event struct{ c *C.rcl_event_t }

// newEvent makes an event; nil without an error where the middleware has no such
// event or rclgo hides its handles.
func newEvent(publisher *rclgo.Publisher, kind C.rcl_publisher_event_type_t) (*event, error) {
	handle := handleOf(publisher)
	if handle == nil {
		return nil, nil
	}
	e := &event{(*C.rcl_event_t)(C.calloc(1, C.sizeof_rcl_event_t))}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	*e.c = C.rcl_get_zero_initialized_event()
	rc := C.rcl_publisher_event_init(e.c, (*C.rcl_publisher_t)(handle), kind)
	if rc == C.RCL_RET_OK {
		return e, nil
	}
	defer C.free(unsafe.Pointer(e.c))
	if rc == C.RCL_RET_UNSUPPORTED {
		C.rcutils_reset_error()
		return nil, nil
	}
	return nil, rclError("event of "+publisher.TopicName, rc)
}

func newIncompatibleEvent(publisher *rclgo.Publisher) (*event, error) {
	return newEvent(publisher, C.RCL_PUBLISHER_OFFERED_INCOMPATIBLE_QOS)
}

func newDeadlineEvent(publisher *rclgo.Publisher) (*event, error) {
	return newEvent(publisher, C.RCL_PUBLISHER_OFFERED_DEADLINE_MISSED)
}

// take fills in what happened since the last call, without waiting for it, and
// says whether there was anything to take.
func (e *event) take(status unsafe.Pointer) (bool, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	switch rc := C.rcl_take_event(e.c, status); rc {
	case C.RCL_RET_OK:
		return true, nil
	case C.RCL_RET_EVENT_TAKE_FAILED:
		C.rcutils_reset_error()
		return false, nil
	default:
		return false, rclError("take event", rc)
	}
}

// incompatible returns how many subscribers were refused since the last call,
// and the policy that the last one was refused for.
func (e *event) incompatible() (subscribers int, policy policyKind, err error) {
	var status C.rmw_offered_qos_incompatible_event_status_t
	if taken, err := e.take(unsafe.Pointer(&status)); err != nil || !taken {
		return 0, 0, err
	}
	return int(status.total_count_change), policyKind(status.last_policy_kind), nil
}

// missed returns how many deadlines were missed since the last call.
func (e *event) missed() (int, error) {
	var status C.rmw_offered_deadline_missed_status_t
	if taken, err := e.take(unsafe.Pointer(&status)); err != nil || !taken {
		return 0, err
	}
	return int(status.total_count_change), nil
}

// close frees the event. Its publisher must still be open.
func (e *event) close() error {
	if e == nil || e.c == nil {
		return nil
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer func() {
		C.free(unsafe.Pointer(e.c))
		e.c = nil
	}()
	if rc := C.rcl_event_fini(e.c); rc != C.RCL_RET_OK {
		return rclError("close event", rc)
	}
	return nil
}

// policyKind is a policy of the quality of service, as in rmw_qos_policy_kind_t.
type policyKind int

// The policies that can make publisher and subscriber incompatible.
const (
	durabilityPolicy  policyKind = C.RMW_QOS_POLICY_DURABILITY
	deadlinePolicy    policyKind = C.RMW_QOS_POLICY_DEADLINE
	livelinessPolicy  policyKind = C.RMW_QOS_POLICY_LIVELINESS
	reliabilityPolicy policyKind = C.RMW_QOS_POLICY_RELIABILITY
)

// describeType answers a request for the description of a type that the node
// uses, as rcl does it for every client library.
func describeType(node *rclgo.Node, request *type_description_interfaces_srv.GetTypeDescription_Request) (*type_description_interfaces_srv.GetTypeDescription_Response, error) {
	handle := handleOf(node)
	if handle == nil {
		return nil, errors.New("node: rclgo hides the node's handle")
	}
	requests := type_description_interfaces_srv.GetTypeDescription_RequestTypeSupport
	responses := type_description_interfaces_srv.GetTypeDescription_ResponseTypeSupport
	question, answer := requests.PrepareMemory(), responses.PrepareMemory()
	defer requests.ReleaseMemory(question)
	defer responses.ReleaseMemory(answer)
	requests.AsCStruct(question, request)
	var header C.rmw_request_id_t // which rcl ignores
	C.rcl_node_type_description_service_handle_request((*C.rcl_node_t)(handle), &header,
		(*C.type_description_interfaces__srv__GetTypeDescription_Request)(question),
		(*C.type_description_interfaces__srv__GetTypeDescription_Response)(answer))
	response := type_description_interfaces_srv.NewGetTypeDescription_Response()
	responses.AsGoStruct(response, answer)
	return response, nil
}
