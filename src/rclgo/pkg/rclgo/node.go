package rclgo

/*
#include <stdlib.h>
#include <rcl/node.h>
#include <rcl/node_options.h>
#include <rcl/logging_rosout.h>
#include "logging.h"

// rcl leaves it to client libraries to make the node's /rosout publisher.
static rcl_ret_t node_init(
  rcl_node_t * node, const char * name, const char * namespace_, rcl_context_t * context)
{
  rcl_node_options_t options = rcl_node_get_default_options();
  rclgo_logging_lock();
  rcl_ret_t ret = rcl_node_init(node, name, namespace_, context, &options);
  if (ret == RCL_RET_OK && rcl_logging_rosout_enabled() && options.enable_rosout) {
    ret = rcl_logging_rosout_init_publisher_for_node(node);
    if (ret != RCL_RET_OK) {
      // Without touching the error state, which tells what went wrong.
      rcutils_error_string_t text = rcutils_get_error_string();
      rcutils_reset_error();
      if (rcl_node_fini(node) != RCL_RET_OK) {
        rcutils_reset_error();
      }
      rcutils_set_error_state(text.str, __FILE__, __LINE__);
    }
  }
  rclgo_logging_unlock();
  return ret;
}

static rcl_ret_t node_fini(rcl_node_t * node)
{
  rclgo_logging_lock();
  rcl_ret_t ret = RCL_RET_OK;
  if (rcl_logging_rosout_enabled()) {
    ret = rcl_logging_rosout_fini_publisher_for_node(node);
  }
  if (ret == RCL_RET_OK) {
    ret = rcl_node_fini(node);
  } else if (rcl_node_fini(node) != RCL_RET_OK) {
    rcutils_reset_error();
  }
  rclgo_logging_unlock();
  return ret;
}
*/
import "C"

import (
	"context"
	"errors"
	"runtime"
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
		err := newError(rc, "create node %q in namespace %q", name, namespace)
		C.free(unsafe.Pointer(n.rcl))
		return err
	}
	n.name = C.GoString(C.rcl_node_get_name(n.rcl))
	n.namespace = C.GoString(C.rcl_node_get_namespace(n.rcl))
	n.fullName = C.GoString(C.rcl_node_get_fully_qualified_name(n.rcl))
	n.logger = GetLogger(C.GoString(C.rcl_node_get_logger_name(n.rcl)))
	return nil
}

func (n *Node) destroy() error {
	defer n.context.life.release()
	n.context.children.remove(n)
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

// NewSubscription creates a subscription to messages of type ros2msg. While it
// is spun, subscriptionCallback is called when there is a message, and must
// take it. A nil options stands for the default ones.
func (n *Node) NewSubscription(topicName string, ros2msg types.MessageTypeSupport, options *SubscriptionOptions, subscriptionCallback SubscriptionCallback) (*Subscription, error) {
	return newSubscription(n, topicName, ros2msg, options, subscriptionCallback)
}

// NewService creates a service. While it is spun, handler is called with each
// request. A nil options stands for the default ones.
func (n *Node) NewService(name string, typeSupport types.ServiceTypeSupport, options *ServiceOptions, handler ServiceRequestHandler) (*Service, error) {
	return newService(n, name, typeSupport, options, handler)
}

// NewClient creates a client of a service. A nil options stands for the default
// ones.
func (n *Node) NewClient(serviceName string, typeSupport types.ServiceTypeSupport, options *ClientOptions) (*Client, error) {
	return newClient(n, serviceName, typeSupport, options)
}

// Spin calls the callbacks of the subscriptions, services and clients of n, also
// of those that are created meanwhile, until ctx ends or an error occurs. It
// returns ctx's error, or *NodeInvalid if n is closed. Timers belong to the
// context and are not among them.
func (n *Node) Spin(ctx context.Context) error {
	return spin(ctx, n.context, n)
}

func (n *Node) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_NODE_INVALID, n.fullName, operation, args...)
}
