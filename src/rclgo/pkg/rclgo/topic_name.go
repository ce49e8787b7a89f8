package rclgo

/*
#include <stdlib.h>
#include <rcl/expand_topic_name.h>
#include <rcl/node.h>
#include <rcutils/types/string_map.h>
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// ExpandTopicName returns the full name of a topic, as a node sees it:
// "~/image_raw" of node "camera" in "/robot" is "/robot/camera/image_raw".
// {node}, {ns}, {namespace} and the keys of substitutions, which may be nil, are
// replaced by their values.
func ExpandTopicName(inputTopicName, nodeName, nodeNamespace string, substitutions map[string]string) (string, error) {
	input, node, namespace := C.CString(inputTopicName), C.CString(nodeName), C.CString(nodeNamespace)
	defer C.free(unsafe.Pointer(input))
	defer C.free(unsafe.Pointer(node))
	defer C.free(unsafe.Pointer(namespace))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	allocator := C.rcutils_get_default_allocator()
	table := C.rcutils_get_zero_initialized_string_map()
	if rc := C.rcutils_string_map_init(&table, 0, allocator); rc != C.RCUTILS_RET_OK {
		return "", newRcutilsError(rc, "expand topic name %q", inputTopicName)
	}
	defer C.rcutils_string_map_fini(&table)
	if rc := C.rcl_get_default_topic_name_substitutions(&table); rc != C.RCL_RET_OK {
		return "", newError(rc, "expand topic name %q", inputTopicName)
	}
	for key, value := range substitutions {
		ckey, cvalue := C.CString(key), C.CString(value)
		rc := C.rcutils_string_map_set(&table, ckey, cvalue)
		C.free(unsafe.Pointer(ckey))
		C.free(unsafe.Pointer(cvalue))
		if rc != C.RCUTILS_RET_OK {
			return "", newRcutilsError(rc, "expand topic name %q: substitution %q", inputTopicName, key)
		}
	}
	var output *C.char
	if rc := C.rcl_expand_topic_name(input, node, namespace, &table, allocator, &output); rc != C.RCL_RET_OK {
		return "", newError(rc, "expand topic name %q", inputTopicName)
	}
	defer C.free(unsafe.Pointer(output))
	return C.GoString(output), nil
}

// ResolveTopicName returns the full name of a topic of n, after remapping:
// "/front/image" for "~/image_raw", say, of a node that was started with -r
// ~/image_raw:=/front/image.
func (n *Node) ResolveTopicName(name string) (string, error) {
	if !n.life.acquire() {
		return "", n.closedError("resolve topic name %q", name)
	}
	defer n.life.release()
	input := C.CString(name)
	defer C.free(unsafe.Pointer(input))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	allocator := C.rcutils_get_default_allocator()
	var output *C.char
	if rc := C.rcl_node_resolve_name(n.rcl, input, allocator, C.bool(false), C.bool(false), &output); rc != C.RCL_RET_OK {
		return "", newError(rc, "resolve topic name %q", name)
	}
	defer C.free(unsafe.Pointer(output))
	return C.GoString(output), nil
}
