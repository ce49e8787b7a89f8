package rclgo

/*
#include <stdlib.h>
#include <rcl/graph.h>
#include <rcutils/types/string_array.h>
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// GIDSize is the size of a GID.
const GIDSize = C.RMW_GID_STORAGE_SIZE

// GID identifies a publisher or subscription in the whole graph.
type GID [GIDSize]byte

// EndpointType is the kind of an endpoint.
type EndpointType int

// The types of endpoints.
const (
	EndpointInvalid EndpointType = iota
	EndpointPublisher
	EndpointSubscription
)

// TopicEndpointInfo describes a publisher or subscription.
type TopicEndpointInfo struct {
	NodeName      string
	NodeNamespace string
	TopicType     string
	EndpointType  EndpointType
	EndpointGID   GID
	QosProfile    QosProfile // as the middleware made it
}

// GetNodeNames returns the names of all known nodes and, at the same index,
// their namespaces.
func (n *Node) GetNodeNames() (names, namespaces []string, err error) {
	const operation = "get node names"
	if !n.life.acquire() {
		return nil, nil, n.closedError(operation)
	}
	defer n.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cnames, cnamespaces := C.rcutils_get_zero_initialized_string_array(), C.rcutils_get_zero_initialized_string_array()
	if rc := C.rcl_get_node_names(n.rcl, C.rcutils_get_default_allocator(), &cnames, &cnamespaces); rc != C.RCL_RET_OK {
		return nil, nil, newError(rc, operation)
	}
	defer C.rcutils_string_array_fini(&cnames)
	defer C.rcutils_string_array_fini(&cnamespaces)
	return stringArray(&cnames), stringArray(&cnamespaces), nil
}

// GetTopicNamesAndTypes returns all known topics with their types, of which one
// topic may have several. With demangle, names are in the format of the
// middleware.
func (n *Node) GetTopicNamesAndTypes(demangle bool) (map[string][]string, error) {
	return n.namesAndTypes("get topic names and types", func(a *C.rcutils_allocator_t, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return C.rcl_get_topic_names_and_types(n.rcl, a, C.bool(demangle), out)
	})
}

// GetPublisherNamesAndTypesByNode returns the topics that a node publishes.
func (n *Node) GetPublisherNamesAndTypesByNode(demangle bool, node, namespace string) (map[string][]string, error) {
	return n.namesAndTypesByNode("get publishers", node, namespace, func(a *C.rcutils_allocator_t, name, ns *C.char, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return C.rcl_get_publisher_names_and_types_by_node(n.rcl, a, C.bool(demangle), name, ns, out)
	})
}

// GetSubscriberNamesAndTypesByNode returns the topics that a node subscribes to.
func (n *Node) GetSubscriberNamesAndTypesByNode(demangle bool, node, namespace string) (map[string][]string, error) {
	return n.namesAndTypesByNode("get subscribers", node, namespace, func(a *C.rcutils_allocator_t, name, ns *C.char, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return C.rcl_get_subscriber_names_and_types_by_node(n.rcl, a, C.bool(demangle), name, ns, out)
	})
}

// GetServiceNamesAndTypesByNode returns the services that a node offers.
func (n *Node) GetServiceNamesAndTypesByNode(node, namespace string) (map[string][]string, error) {
	return n.namesAndTypesByNode("get services", node, namespace, func(a *C.rcutils_allocator_t, name, ns *C.char, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return C.rcl_get_service_names_and_types_by_node(n.rcl, a, name, ns, out)
	})
}

// GetClientNamesAndTypesByNode returns the services that a node has clients of.
func (n *Node) GetClientNamesAndTypesByNode(node, namespace string) (map[string][]string, error) {
	return n.namesAndTypesByNode("get clients", node, namespace, func(a *C.rcutils_allocator_t, name, ns *C.char, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return C.rcl_get_client_names_and_types_by_node(n.rcl, a, name, ns, out)
	})
}

// GetPublishersInfoByTopic describes the publishers of a topic. With mangle,
// topic is a name in the format of the middleware.
func (n *Node) GetPublishersInfoByTopic(topic string, mangle bool) ([]TopicEndpointInfo, error) {
	return n.endpoints("get publishers of", topic, func(a *C.rcutils_allocator_t, topic *C.char, out *C.rcl_topic_endpoint_info_array_t) C.rcl_ret_t {
		return C.rcl_get_publishers_info_by_topic(n.rcl, a, topic, C.bool(mangle), out)
	})
}

// GetSubscriptionsInfoByTopic describes the subscriptions to a topic. With
// mangle, topic is a name in the format of the middleware.
func (n *Node) GetSubscriptionsInfoByTopic(topic string, mangle bool) ([]TopicEndpointInfo, error) {
	return n.endpoints("get subscriptions to", topic, func(a *C.rcutils_allocator_t, topic *C.char, out *C.rcl_topic_endpoint_info_array_t) C.rcl_ret_t {
		return C.rcl_get_subscriptions_info_by_topic(n.rcl, a, topic, C.bool(mangle), out)
	})
}

// namesAndTypes returns the names and types that get stores in its second
// argument.
func (n *Node) namesAndTypes(operation string, get func(*C.rcutils_allocator_t, *C.rcl_names_and_types_t) C.rcl_ret_t) (map[string][]string, error) {
	if !n.life.acquire() {
		return nil, n.closedError("%s", operation)
	}
	defer n.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	allocator := C.rcutils_get_default_allocator()
	list := C.rmw_get_zero_initialized_names_and_types()
	if rc := get(&allocator, &list); rc != C.RCL_RET_OK {
		return nil, newError(rc, "%s", operation)
	}
	defer C.rcl_names_and_types_fini(&list)
	names := stringArray(&list.names)
	result := make(map[string][]string, len(names))
	types := unsafe.Slice(list.types, len(names))
	for i, name := range names {
		result[name] = stringArray(&types[i])
	}
	return result, nil
}

func (n *Node) namesAndTypesByNode(operation, node, namespace string, get func(a *C.rcutils_allocator_t, name, ns *C.char, out *C.rcl_names_and_types_t) C.rcl_ret_t) (map[string][]string, error) {
	cnode, cnamespace := C.CString(node), C.CString(namespace)
	defer C.free(unsafe.Pointer(cnode))
	defer C.free(unsafe.Pointer(cnamespace))
	return n.namesAndTypes(operation+" of node "+node+" in "+namespace, func(a *C.rcutils_allocator_t, out *C.rcl_names_and_types_t) C.rcl_ret_t {
		return get(a, cnode, cnamespace, out)
	})
}

// endpoints returns the endpoints that get stores in its third argument.
func (n *Node) endpoints(operation, topic string, get func(*C.rcutils_allocator_t, *C.char, *C.rcl_topic_endpoint_info_array_t) C.rcl_ret_t) ([]TopicEndpointInfo, error) {
	if !n.life.acquire() {
		return nil, n.closedError("%s %q", operation, topic)
	}
	defer n.life.release()
	ctopic := C.CString(topic)
	defer C.free(unsafe.Pointer(ctopic))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	allocator := C.rcutils_get_default_allocator()
	list := C.rmw_get_zero_initialized_topic_endpoint_info_array()
	if rc := get(&allocator, ctopic, &list); rc != C.RCL_RET_OK {
		return nil, newError(rc, "%s %q", operation, topic)
	}
	defer C.rmw_topic_endpoint_info_array_fini(&list, &allocator)
	result := make([]TopicEndpointInfo, int(list.size))
	for i, info := range unsafe.Slice(list.info_array, len(result)) {
		result[i] = TopicEndpointInfo{
			NodeName:      C.GoString(info.node_name),
			NodeNamespace: C.GoString(info.node_namespace),
			TopicType:     C.GoString(info.topic_type),
			EndpointType:  EndpointType(info.endpoint_type),
			EndpointGID:   *(*GID)(unsafe.Pointer(&info.endpoint_gid)),
		}
		result[i].QosProfile.fromC(&info.qos_profile)
	}
	return result, nil
}

func stringArray(a *C.rcutils_string_array_t) []string {
	list := make([]string, int(a.size))
	for i, s := range unsafe.Slice(a.data, len(list)) {
		list[i] = C.GoString(s)
	}
	return list
}
