package rclgo

/*
#include <stdlib.h>
#include <rcl/subscription.h>
*/
import "C"

import (
	"errors"
	"runtime"
	"sync"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// SubscriptionOptions configures a Subscription.
type SubscriptionOptions struct {
	Qos QosProfile
}

// NewDefaultSubscriptionOptions returns the options that a nil
// *SubscriptionOptions stands for.
func NewDefaultSubscriptionOptions() *SubscriptionOptions {
	return &SubscriptionOptions{Qos: NewDefaultQosProfile()}
}

// SubscriptionCallback is called when there is a message, which it must take: it
// is called again, at once, until it has.
type SubscriptionCallback func(*Subscription)

// Subscription receives messages of one type from one topic.
//
// The handlers that On methods take are called like Callback: on the goroutine
// that spins the node, or runs a wait set with the subscription, one after the
// other. The first call may report events from before. Another call of the method
// replaces the handler, and nil ends the calls. Where the middleware has no such
// event, the error is *RmwUnsupported.
type Subscription struct {
	entity

	// TopicName is the full name of the topic, after remapping.
	TopicName string

	// Ros2MsgType is the type support that the subscription was created with.
	Ros2MsgType types.MessageTypeSupport

	// Callback is called on the spinning goroutine. Set it before spinning. Wait
	// sets leave out a subscription without one, with its events.
	Callback SubscriptionCallback

	rcl         *C.rcl_subscription_t
	claim       claim
	events      events
	typeSupport unsafe.Pointer // *C.rosidl_message_type_support_t
	taking      sync.Mutex     // rcl_take is not thread-safe for one subscription
}

func newSubscription(n *Node, topic string, ts types.MessageTypeSupport, options *SubscriptionOptions, callback SubscriptionCallback) (*Subscription, error) {
	if options == nil {
		options = NewDefaultSubscriptionOptions()
	}
	s := &Subscription{Ros2MsgType: ts, Callback: callback, typeSupport: ts.TypeSupport()}
	create := func() error { return s.create(topic, options) }
	if err := s.begin(n, s, "create subscription to %q", topic, create, s.destroy); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Subscription) create(topic string, options *SubscriptionOptions) error {
	opts := C.rcl_subscription_get_default_options()
	if err := options.Qos.toC(&opts.qos, "create subscription to %q", topic); err != nil {
		return err
	}
	ctopic := C.CString(topic)
	defer C.free(unsafe.Pointer(ctopic))
	s.rcl = (*C.rcl_subscription_t)(C.calloc(1, C.sizeof_rcl_subscription_t))
	ts := (*C.rosidl_message_type_support_t)(s.typeSupport)
	if rc := C.rcl_subscription_init(s.rcl, s.node.rcl, ts, ctopic, &opts); rc != C.RCL_RET_OK {
		err := newError(rc, "create subscription to %q", topic)
		C.free(unsafe.Pointer(s.rcl))
		return err
	}
	s.TopicName = C.GoString(C.rcl_subscription_get_topic_name(s.rcl))
	return nil
}

func (s *Subscription) destroy() error {
	defer C.free(unsafe.Pointer(s.rcl))
	err := s.events.destroy()
	if rc := C.rcl_subscription_fini(s.rcl, s.node.rcl); rc != C.RCL_RET_OK {
		err = errors.Join(err, newError(rc, "close subscription to %q", s.TopicName))
	}
	return err
}

// Close closes s. Once it has returned, neither Callback nor a handler is called
// any more.
func (s *Subscription) Close() error {
	return s.life.close(s.node.context.changed)
}

// Handle returns the *rcl_subscription_t, which is valid until Close.
func (s *Subscription) Handle() unsafe.Pointer { return unsafe.Pointer(s.rcl) }

// TakeMessage takes the next message and writes it to out. If there is none, the
// error is *SubscriptionTakeFailed and out is unchanged.
func (s *Subscription) TakeMessage(out types.Message) (*MessageInfo, error) {
	if out == nil {
		return nil, codeError(C.RCL_RET_INVALID_ARGUMENT, "message is nil", "take from %q", s.TopicName)
	}
	ts := out.GetTypeSupport()
	// The C struct of another type would be written as one of this type.
	if ts.TypeSupport() != s.typeSupport {
		return nil, codeError(C.RCL_RET_INVALID_ARGUMENT, "message is not of the subscription's type", "take from %q", s.TopicName)
	}
	if !s.life.acquire() {
		return nil, s.closedError("take from %q", s.TopicName)
	}
	defer s.life.release()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	info, err := s.take(mem)
	if err != nil {
		return nil, err
	}
	if err := toGo(ts, out, mem); err != nil {
		return nil, codeError(C.RCL_RET_ERROR, err.Error(), "take from %q", s.TopicName)
	}
	return info, nil
}

func (s *Subscription) take(mem unsafe.Pointer) (*MessageInfo, error) {
	s.taking.Lock()
	defer s.taking.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var info C.rmw_message_info_t
	if rc := C.rcl_take(s.rcl, mem, &info, nil); rc != C.RCL_RET_OK {
		return nil, newError(rc, "take from %q", s.TopicName)
	}
	return messageInfo(&info), nil
}

// TakeSerializedMessage takes the next message in serialized form. If there is
// none, the error is *SubscriptionTakeFailed.
func (s *Subscription) TakeSerializedMessage() ([]byte, *MessageInfo, error) {
	if !s.life.acquire() {
		return nil, nil, s.closedError("take serialized from %q", s.TopicName)
	}
	defer s.life.release()
	s.taking.Lock()
	defer s.taking.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buf, err := newSerializedMessage("take serialized from %q", s.TopicName)
	if err != nil {
		return nil, nil, err
	}
	defer buf.free()
	var info C.rmw_message_info_t
	if rc := C.rcl_take_serialized_message(s.rcl, &buf.rcl, &info, nil); rc != C.RCL_RET_OK {
		return nil, nil, newError(rc, "take serialized from %q", s.TopicName)
	}
	return buf.bytes(), messageInfo(&info), nil
}

// GetPublisherCount returns the number of publishers that s is matched with.
func (s *Subscription) GetPublisherCount() (int, error) {
	if !s.life.acquire() {
		return 0, s.closedError("count publishers of %q", s.TopicName)
	}
	defer s.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var count C.size_t
	if rc := C.rcl_subscription_get_publisher_count(s.rcl, &count); rc != C.RCL_RET_OK {
		return 0, newError(rc, "count publishers of %q", s.TopicName)
	}
	return int(count), nil
}

func (s *Subscription) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_SUBSCRIPTION_INVALID, "", operation, args...)
}
