package rclgo

/*
#include <stdlib.h>
#include <rcl/node.h>
#include <rcl/node_options.h>
#include <rcl/logging_rosout.h>
#include <rcl/remap.h>
#include <rmw/validate_namespace.h>
#include <rmw/validate_node_name.h>
#include "logging.h"

// rcl leaves it to client libraries to make the node's /rosout publisher.
static rcl_ret_t node_init(
  rcl_node_t * node, const char * name, const char * namespace_, rcl_context_t * context)
{
  rcl_node_options_t options = rcl_node_get_default_options();
  rcl_ret_t ret = rcl_node_init(node, name, namespace_, context, &options);
  if (ret == RCL_RET_OK && rcl_logging_rosout_enabled() && options.enable_rosout) {
    rclgo_rosout_lock();
    ret = rcl_logging_rosout_init_publisher_for_node(node);
    rclgo_rosout_unlock();
    if (ret != RCL_RET_OK) {
      // The error state stays as it is: it describes the failure.
      rcutils_error_string_t text = rcutils_get_error_string();
      rcutils_reset_error();
      if (rcl_node_fini(node) != RCL_RET_OK) {
        rcutils_reset_error();
      }
      rcutils_set_error_state(text.str, __FILE__, __LINE__);
    }
  }
  return ret;
}

static rcl_ret_t node_fini(rcl_node_t * node)
{
  rcl_ret_t ret = RCL_RET_OK;
  if (rcl_logging_rosout_enabled()) {
    rclgo_rosout_lock();
    ret = rcl_logging_rosout_fini_publisher_for_node(node);
    rclgo_rosout_unlock();
  }
  if (ret == RCL_RET_OK) {
    ret = rcl_node_fini(node);
  } else if (rcl_node_fini(node) != RCL_RET_OK) {
    rcutils_reset_error();
  }
  return ret;
}
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Node is a node of the ROS graph. It owns publishers, subscriptions, services
// and clients.
type Node struct {
	rcl      *C.rcl_node_t
	life     lifetime
	children family
	context  *Context

	name, namespace, fullName string
	logger                    *Logger
}

func newNode(c *Context, name, namespace string) (*Node, error) {
	if !c.life.acquire() {
		return nil, c.closedError("create node %q", name)
	}
	n := &Node{context: c}
	if err := n.initNode(name, namespace); err != nil {
		c.life.release()
		return nil, err
	}
	n.life.init(n.destroy)
	if !c.children.add(n) {
		n.life.beginClose(func() {})
		return nil, c.closedError("create node %q", name)
	}
	return n, nil
}

func (n *Node) initNode(name, namespace string) error {
	cname, cnamespace := C.CString(name), C.CString(namespace)
	defer C.free(unsafe.Pointer(cname))
	defer C.free(unsafe.Pointer(cnamespace))
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n.rcl = (*C.rcl_node_t)(C.calloc(1, C.sizeof_rcl_node_t))
	if rc := C.node_init(n.rcl, cname, cnamespace, n.context.rcl); rc != C.RCL_RET_OK {
		err := n.creationError(rc, name, namespace)
		C.free(unsafe.Pointer(n.rcl))
		return err
	}
	n.name = C.GoString(C.rcl_node_get_name(n.rcl))
	n.namespace = C.GoString(C.rcl_node_get_namespace(n.rcl))
	n.fullName = C.GoString(C.rcl_node_get_fully_qualified_name(n.rcl))
	n.logger = GetLogger(C.GoString(C.rcl_node_get_logger_name(n.rcl)))
	return nil
}

// creationError returns the error of node_init, which was called last, by the
// names that the node would have had. The middleware validates these, and rmw's
// implementations for DDS explain an invalid namespace with a text for names of
// nodes. The caller has locked its thread.
func (n *Node) creationError(rc C.rcl_ret_t, name, namespace string) error {
	name, namespace = n.remapped(name, namespace)
	operation := fmt.Sprintf("create node %q", name)
	if namespace != "/" {
		operation += fmt.Sprintf(" in namespace %q", namespace)
	}
	err := newError(rc, "%s", operation)
	if reason := invalidNodeName(name); reason != "" {
		return codeError(C.RCL_RET_NODE_INVALID_NAME, reason, "%s", operation)
	}
	if reason := invalidNamespace(namespace); reason != "" {
		return codeError(C.RCL_RET_NODE_INVALID_NAMESPACE, reason, "%s", operation)
	}
	return err
}

// remapped returns name and namespace of a node after the remapping by the
// arguments of n's context; unchanged where rcl fails to remap.
func (n *Node) remapped(name, namespace string) (string, string) {
	if !strings.HasPrefix(namespace, "/") {
		namespace = "/" + namespace
	}
	global := &n.context.rcl.global_arguments
	replace := func(value *string, remap func(name *C.char, out **C.char) C.rcl_ret_t) {
		cname := C.CString(name)
		defer C.free(unsafe.Pointer(cname))
		var out *C.char
		if remap(cname, &out) != C.RCL_RET_OK {
			C.rcutils_reset_error()
		} else if out != nil {
			*value = C.GoString(out)
			C.free(unsafe.Pointer(out))
		}
	}
	replace(&name, func(name *C.char, out **C.char) C.rcl_ret_t {
		return C.rcl_remap_node_name(nil, global, name, C.rcutils_get_default_allocator(), out)
	})
	replace(&namespace, func(name *C.char, out **C.char) C.rcl_ret_t {
		return C.rcl_remap_node_namespace(nil, global, name, C.rcutils_get_default_allocator(), out)
	})
	return name, namespace
}

// invalidNodeName returns the reason why a node's name is invalid, empty if it is
// valid.
func invalidNodeName(name string) string {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	var result C.int
	var at C.size_t
	if C.rmw_validate_node_name(cname, &result, &at) != C.RMW_RET_OK || result == C.RMW_NODE_NAME_VALID {
		return ""
	}
	return C.GoString(C.rmw_node_name_validation_result_string(result))
}

// invalidNamespace returns the reason why a namespace is invalid, empty if it is
// valid.
func invalidNamespace(namespace string) string {
	cnamespace := C.CString(namespace)
	defer C.free(unsafe.Pointer(cnamespace))
	var result C.int
	var at C.size_t
	if C.rmw_validate_namespace(cnamespace, &result, &at) != C.RMW_RET_OK || result == C.RMW_NAMESPACE_VALID {
		return ""
	}
	return C.GoString(C.rmw_namespace_validation_result_string(result))
}

func (n *Node) destroy() error {
	defer n.context.life.release()
	n.context.children.remove(n)
	flushRosout()
	removeSubloggers(n.logger.name)
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer C.free(unsafe.Pointer(n.rcl))
	if rc := C.node_fini(n.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close node %q", n.fullName)
	}
	return nil
}

// Close ends running spins of n and closes everything that n owns, then n.
func (n *Node) Close() error {
	var errs []error
	err := n.life.close(func() {
		n.context.changed()
		errs = n.children.close()
	})
	return errors.Join(append(errs, err)...)
}

// Handle returns the *rcl_node_t, which is valid until Close.
func (n *Node) Handle() unsafe.Pointer { return unsafe.Pointer(n.rcl) }

// Context returns the context that n belongs to.
func (n *Node) Context() *Context { return n.context }

// Name returns the name of n, after remapping.
func (n *Node) Name() string { return n.name }

// Namespace returns the namespace of n, after remapping, with a leading slash.
func (n *Node) Namespace() string { return n.namespace }

// FullyQualifiedName returns namespace and name of n.
func (n *Node) FullyQualifiedName() string { return n.fullName }

// Logger returns the logger of n, whose messages also go to /rosout.
func (n *Node) Logger() *Logger { return n.logger }

// NewPublisher creates a publisher of messages of type ros2msg. A nil options
// stands for the default ones.
func (n *Node) NewPublisher(topicName string, ros2msg types.MessageTypeSupport, options *PublisherOptions) (*Publisher, error) {
	return newPublisher(n, topicName, ros2msg, options)
}

// NewSubscription creates a subscription to messages of type ros2msg. Spinning
// calls subscriptionCallback when there is a message, which it must take. A nil
// options stands for the default ones.
func (n *Node) NewSubscription(topicName string, ros2msg types.MessageTypeSupport, options *SubscriptionOptions, subscriptionCallback SubscriptionCallback) (*Subscription, error) {
	return newSubscription(n, topicName, ros2msg, options, subscriptionCallback)
}

// NewService creates a service. Spinning calls handler with each request. A nil
// options stands for the default ones.
func (n *Node) NewService(name string, typeSupport types.ServiceTypeSupport, options *ServiceOptions, handler ServiceRequestHandler) (*Service, error) {
	return newService(n, name, typeSupport, options, handler)
}

// NewClient creates a client of a service. A nil options stands for the default
// ones.
func (n *Node) NewClient(serviceName string, typeSupport types.ServiceTypeSupport, options *ClientOptions) (*Client, error) {
	return newClient(n, serviceName, typeSupport, options)
}

// Spin calls the callbacks of the subscriptions, services and clients of n, and
// the handlers of events, including those created meanwhile, until ctx ends or an
// error occurs. It returns ctx's error, or *NodeInvalid if n is closed. Timers
// belong to the context: [Context.Spin] calls them.
func (n *Node) Spin(ctx context.Context) error {
	return spin(ctx, n.context, n)
}

func (n *Node) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_NODE_INVALID, n.fullName, operation, args...)
}
