package rclgo

/*
#include <stdlib.h>
#include <rcl/client.h>
#include <rcl/graph.h>
*/
import "C"

import (
	"context"
	"runtime"
	"sync"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// ClientOptions configures a Client.
type ClientOptions struct {
	Qos QosProfile
}

// NewDefaultClientOptions returns the options that a nil *ClientOptions stands
// for.
func NewDefaultClientOptions() *ClientOptions {
	return &ClientOptions{Qos: NewDefaultServiceQosProfile()}
}

// Client sends requests to a service. It must be spun to get responses.
type Client struct {
	entity

	rcl         *C.rcl_client_t
	claim       claim
	name        string
	typeSupport types.ServiceTypeSupport

	// mu also serialises rcl's send and take, which are not thread-safe for
	// one client.
	mu      sync.Mutex
	pending map[int64]chan<- response // by sequence number; each has room for its response
}

type response struct {
	msg  types.Message
	info *ServiceInfo
}

func newClient(n *Node, name string, ts types.ServiceTypeSupport, options *ClientOptions) (*Client, error) {
	if options == nil {
		options = NewDefaultClientOptions()
	}
	c := &Client{typeSupport: ts, pending: map[int64]chan<- response{}}
	create := func() error { return c.create(name, options) }
	if err := c.begin(n, c, "create client of %q", name, create, c.destroy); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Client) create(name string, options *ClientOptions) error {
	opts := C.rcl_client_get_default_options()
	if err := options.Qos.toC(&opts.qos, "create client of %q", name); err != nil {
		return err
	}
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	c.rcl = (*C.rcl_client_t)(C.calloc(1, C.sizeof_rcl_client_t))
	ts := (*C.rosidl_service_type_support_t)(c.typeSupport.TypeSupport())
	if rc := C.rcl_client_init(c.rcl, c.node.rcl, ts, cname, &opts); rc != C.RCL_RET_OK {
		err := newError(rc, "create client of %q", name)
		C.free(unsafe.Pointer(c.rcl))
		return err
	}
	c.name = C.GoString(C.rcl_client_get_service_name(c.rcl))
	return nil
}

func (c *Client) destroy() error {
	defer C.free(unsafe.Pointer(c.rcl))
	if rc := C.rcl_client_fini(c.rcl, c.node.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close client of %q", c.name)
	}
	return nil
}

// Close closes c. Calls of Send that wait for a response return *ClientInvalid.
func (c *Client) Close() error {
	return c.life.close(c.node.context.changed)
}

// Send sends a request and waits for its response until ctx ends. Another
// goroutine must spin the node meanwhile. A request without a server, see
// ServerIsAvailable, gets no response.
func (c *Client) Send(ctx context.Context, req types.Message) (types.Message, *ServiceInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	sequence, received, err := c.send(req)
	if err != nil {
		return nil, nil, err
	}
	defer c.forget(sequence)
	select {
	case r := <-received:
		return r.msg, r.info, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-c.life.closing:
		return nil, nil, c.closedError("wait for response of %q", c.name)
	}
}

// send sends a request and returns its sequence number and the channel of its
// response.
func (c *Client) send(req types.Message) (int64, <-chan response, error) {
	if req == nil {
		return 0, nil, codeError(C.RCL_RET_INVALID_ARGUMENT, "request is nil", "send request to %q", c.name)
	}
	ts := req.GetTypeSupport()
	if ts.TypeSupport() != c.typeSupport.Request().TypeSupport() {
		return 0, nil, codeError(C.RCL_RET_INVALID_ARGUMENT, "request is not of the service's type", "send request to %q", c.name)
	}
	if !c.life.acquire() {
		return 0, nil, c.closedError("send request to %q", c.name)
	}
	defer c.life.release()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	ts.AsCStruct(mem, req)
	received := make(chan response, 1)
	// Held until the request is pending: the response may be here before
	// rcl_send_request returns.
	c.mu.Lock()
	defer c.mu.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var sequence C.int64_t
	if rc := C.rcl_send_request(c.rcl, mem, &sequence); rc != C.RCL_RET_OK {
		return 0, nil, newError(rc, "send request to %q", c.name)
	}
	c.pending[int64(sequence)] = received
	return int64(sequence), received, nil
}

func (c *Client) forget(sequence int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.pending, sequence)
}

// receive takes one response, if there is one, and hands it to its Send. A
// response without a waiting Send is dropped; a failed take is logged.
func (c *Client) receive() error {
	ts := c.typeSupport.Response()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	info, received, err := c.take(mem)
	if err != nil {
		return c.node.logger.Error(err)
	}
	if received == nil {
		return nil
	}
	msg := ts.New()
	if err := toGo(ts, msg, mem); err != nil {
		return c.node.logger.Error(codeError(C.RCL_RET_ERROR, err.Error(), "take response of %q", c.name))
	}
	received <- response{msg, info}
	return nil
}

// take returns nil without a response, or without a Send that waits for it.
func (c *Client) take(mem unsafe.Pointer) (*ServiceInfo, chan<- response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var info C.rmw_service_info_t
	switch rc := C.rcl_take_response_with_info(c.rcl, &info, mem); rc {
	case C.RCL_RET_OK:
	case C.RCL_RET_CLIENT_TAKE_FAILED:
		C.rcutils_reset_error()
		return nil, nil, nil
	default:
		return nil, nil, newError(rc, "take response of %q", c.name)
	}
	sequence := int64(info.request_id.sequence_number)
	received := c.pending[sequence]
	delete(c.pending, sequence) // one response each: the channel has room for no second
	return serviceInfo(&info), received, nil
}

// ServerIsAvailable reports whether c is matched with a server.
func (c *Client) ServerIsAvailable() (bool, error) {
	if !c.life.acquire() {
		return false, c.closedError("look for server of %q", c.name)
	}
	defer c.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var available C.bool
	if rc := C.rcl_service_server_is_available(c.node.rcl, c.rcl, &available); rc != C.RCL_RET_OK {
		return false, newError(rc, "look for server of %q", c.name)
	}
	return bool(available), nil
}

func (c *Client) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_CLIENT_INVALID, "", operation, args...)
}
