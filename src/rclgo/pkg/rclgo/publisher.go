package rclgo

/*
#include <stdlib.h>
#include <rcl/publisher.h>

// Returns the number of subscriptions, or minus the rcl_ret_t. Publishers ask
// before every message: a Go variable for C to write to would be allocated.
static int64_t subscription_count(const rcl_publisher_t * publisher)
{
  size_t count = 0;
  rcl_ret_t rc = rcl_publisher_get_subscription_count(publisher, &count);
  return rc == RCL_RET_OK ? (int64_t)count : -(int64_t)rc;
}

// The message's struct lives on C's stack, so that C's memory never holds a Go
// pointer. Publishing does not write to the buffer.
static rcl_ret_t publish_serialized(const rcl_publisher_t * publisher, void * data, size_t size)
{
  rcl_serialized_message_t message = {
    .buffer = data,
    .buffer_length = size,
    .buffer_capacity = size,
    .allocator = rcutils_get_default_allocator(),
  };
  return rcl_publish_serialized_message(publisher, &message, NULL);
}
*/
import "C"

import (
	"errors"
	"runtime"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// PublisherOptions configures a Publisher.
type PublisherOptions struct {
	Qos QosProfile
}

// NewDefaultPublisherOptions returns the options that a nil *PublisherOptions
// stands for.
func NewDefaultPublisherOptions() *PublisherOptions {
	return &PublisherOptions{Qos: NewDefaultQosProfile()}
}

// Publisher publishes messages of one type on one topic.
//
// The handlers that On methods take are called like callbacks: on the goroutine
// that spins the node, or runs a wait set with the publisher, one after the other.
// The first call may report events from before. Another call of the method replaces
// the handler, and nil ends the calls. Where the middleware has no such event, the
// error is *RmwUnsupported.
type Publisher struct {
	entity

	// TopicName is the full name of the topic, after remapping.
	TopicName string

	rcl         *C.rcl_publisher_t
	claim       claim // of events
	events      events
	typeSupport unsafe.Pointer // *C.rosidl_message_type_support_t
}

func newPublisher(n *Node, topic string, ts types.MessageTypeSupport, options *PublisherOptions) (*Publisher, error) {
	if options == nil {
		options = NewDefaultPublisherOptions()
	}
	p := &Publisher{typeSupport: ts.TypeSupport()}
	create := func() error { return p.create(topic, options) }
	if err := p.begin(n, p, "create publisher on %q", topic, create, p.destroy); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Publisher) create(topic string, options *PublisherOptions) error {
	opts := C.rcl_publisher_get_default_options()
	if err := options.Qos.toC(&opts.qos, "create publisher on %q", topic); err != nil {
		return err
	}
	ctopic := C.CString(topic)
	defer C.free(unsafe.Pointer(ctopic))
	p.rcl = (*C.rcl_publisher_t)(C.calloc(1, C.sizeof_rcl_publisher_t))
	ts := (*C.rosidl_message_type_support_t)(p.typeSupport)
	if rc := C.rcl_publisher_init(p.rcl, p.node.rcl, ts, ctopic, &opts); rc != C.RCL_RET_OK {
		err := newError(rc, "create publisher on %q", topic)
		C.free(unsafe.Pointer(p.rcl))
		return err
	}
	p.TopicName = C.GoString(C.rcl_publisher_get_topic_name(p.rcl))
	return nil
}

func (p *Publisher) destroy() error {
	defer C.free(unsafe.Pointer(p.rcl))
	err := p.events.destroy()
	if rc := C.rcl_publisher_fini(p.rcl, p.node.rcl); rc != C.RCL_RET_OK {
		err = errors.Join(err, newError(rc, "close publisher on %q", p.TopicName))
	}
	return err
}

// Close closes p. Once it has returned, no handler is called any more.
func (p *Publisher) Close() error {
	return p.life.close(p.node.context.changed)
}

// Handle returns the *rcl_publisher_t, which is valid until Close.
func (p *Publisher) Handle() unsafe.Pointer { return unsafe.Pointer(p.rcl) }

// Publish publishes ros2msg, converted by its own type support as
// types.MessageTypeSupport describes. When it returns, the middleware has its
// copy. Publish itself allocates nothing, and may block as long as the
// middleware does for a reliable publisher whose history is full.
func (p *Publisher) Publish(ros2msg types.Message) error {
	if ros2msg == nil {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "message is nil", "publish on %q", p.TopicName)
	}
	ts := ros2msg.GetTypeSupport()
	// The C struct of another type would be read as one of this type.
	if ts.TypeSupport() != p.typeSupport {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "message is not of the publisher's type", "publish on %q", p.TopicName)
	}
	if !p.life.acquire() {
		return p.closedError("publish on %q", p.TopicName)
	}
	defer p.life.release()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	ts.AsCStruct(mem, ros2msg)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if rc := C.rcl_publish(p.rcl, mem, nil); rc != C.RCL_RET_OK {
		return newError(rc, "publish on %q", p.TopicName)
	}
	return nil
}

// PublishSerialized publishes a message in serialized form, as Serialize returns
// it.
func (p *Publisher) PublishSerialized(msg []byte) error {
	if len(msg) == 0 {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "message is empty", "publish serialized on %q", p.TopicName)
	}
	if !p.life.acquire() {
		return p.closedError("publish serialized on %q", p.TopicName)
	}
	defer p.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if rc := C.publish_serialized(p.rcl, unsafe.Pointer(unsafe.SliceData(msg)), C.size_t(len(msg))); rc != C.RCL_RET_OK {
		return newError(rc, "publish serialized on %q", p.TopicName)
	}
	return nil
}

// GetSubscriptionCount returns the number of subscriptions that p is matched with.
func (p *Publisher) GetSubscriptionCount() (int, error) {
	if !p.life.acquire() {
		return 0, p.closedError("count subscriptions of %q", p.TopicName)
	}
	defer p.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	count := C.subscription_count(p.rcl)
	if count < 0 {
		return 0, newError(C.rcl_ret_t(-count), "count subscriptions of %q", p.TopicName)
	}
	return int(count), nil
}

func (p *Publisher) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_PUBLISHER_INVALID, "", operation, args...)
}
