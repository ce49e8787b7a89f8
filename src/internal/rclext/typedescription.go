package rclext

/*
#include <rcl/node.h>
#include <type_description_interfaces/srv/get_type_description.h>
*/
import "C"

import (
	"errors"
	"unsafe"

	type_description_interfaces_srv "av_capture/src/msgs/type_description_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// HandleOf returns the C object of a node, nil where rclgo hides it, as upstream's does. The
// object is valid until the node is closed.
func HandleOf(node *rclgo.Node) unsafe.Pointer {
	if open, ok := any(node).(interface{ Handle() unsafe.Pointer }); ok {
		return open.Handle()
	}
	return nil
}

// DescribeType answers a request for the description of a type that the node uses, by rcl's
// function for all client libraries. The node must stay open meanwhile.
func DescribeType(node *rclgo.Node, request *type_description_interfaces_srv.GetTypeDescription_Request) (*type_description_interfaces_srv.GetTypeDescription_Response, error) {
	handle := HandleOf(node)
	if handle == nil {
		return nil, errors.New("rclext: rclgo hides the node's handle")
	}
	requests := type_description_interfaces_srv.GetTypeDescription_RequestTypeSupport
	responses := type_description_interfaces_srv.GetTypeDescription_ResponseTypeSupport
	question, answer := requests.PrepareMemory(), responses.PrepareMemory()
	defer requests.ReleaseMemory(question)
	defer responses.ReleaseMemory(answer)
	requests.AsCStruct(question, request)
	var header C.rmw_request_id_t // ignored by rcl
	C.rcl_node_type_description_service_handle_request((*C.rcl_node_t)(handle), &header,
		(*C.type_description_interfaces__srv__GetTypeDescription_Request)(question),
		(*C.type_description_interfaces__srv__GetTypeDescription_Response)(answer))
	response := type_description_interfaces_srv.NewGetTypeDescription_Response()
	responses.AsGoStruct(response, answer)
	return response, nil
}
