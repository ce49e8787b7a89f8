package rclgo

/*
#include <stdlib.h>
#include <rcl/service.h>
*/
import "C"

import (
	"errors"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// RequestID tells the requests of all clients apart.
type RequestID struct {
	WriterGUID     [16]int8
	SequenceNumber int64
}

// ServiceInfo describes a request or response that was taken.
type ServiceInfo struct {
	SourceTimestamp   time.Time // of sending; zero if the middleware does not know
	ReceivedTimestamp time.Time // of arrival; zero if the middleware does not know
	RequestID         RequestID
}

// ResponseDeadline bounds the attempts to send a response. A client's request may
// arrive before the middleware has found the client's reader of responses, as the
// two are announced apart: rmw_fastrtps waits for the reader for 100 ms, then
// reports a timeout. Without further attempts the client would wait for ever. A lost
// announcement is repeated within seconds.
const ResponseDeadline = 4 * time.Second

// ServiceOptions configures a Service.
type ServiceOptions struct {
	Qos QosProfile
}

// NewDefaultServiceOptions returns the options that a nil *ServiceOptions stands
// for.
func NewDefaultServiceOptions() *ServiceOptions {
	return &ServiceOptions{Qos: NewDefaultServiceQosProfile()}
}

// ServiceResponseSender sends the response to one request. It may be used after
// the handler has returned, from any goroutine.
type ServiceResponseSender interface {
	// SendResponse sends the response. It blocks until the middleware has found
	// the client's reader of responses, for about [ResponseDeadline] at most. The
	// error is *RmwTimeout if there was no reader until then, and *ServiceInvalid
	// if the service has been closed.
	SendResponse(resp types.Message) error
}

// ServiceRequestHandler is called with each request on the spinning goroutine.
// The response may be sent within the call or at any time after it: a handler
// that takes long hands the sender to another goroutine, so that other callbacks
// go on.
type ServiceRequestHandler func(*ServiceInfo, types.Message, ServiceResponseSender)

// Service answers requests.
type Service struct {
	entity

	rcl         *C.rcl_service_t
	claim       claim
	name        string
	typeSupport types.ServiceTypeSupport
	handler     ServiceRequestHandler
	calling     sync.Mutex // rcl's take and send are not thread-safe for one service
}

func newService(n *Node, name string, ts types.ServiceTypeSupport, options *ServiceOptions, handler ServiceRequestHandler) (*Service, error) {
	if options == nil {
		options = NewDefaultServiceOptions()
	}
	s := &Service{typeSupport: ts, handler: handler}
	create := func() error { return s.create(name, options) }
	if err := s.begin(n, s, "create service %q", name, create, s.destroy); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Service) create(name string, options *ServiceOptions) error {
	opts := C.rcl_service_get_default_options()
	if err := options.Qos.toC(&opts.qos, "create service %q", name); err != nil {
		return err
	}
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	s.rcl = (*C.rcl_service_t)(C.calloc(1, C.sizeof_rcl_service_t))
	ts := (*C.rosidl_service_type_support_t)(s.typeSupport.TypeSupport())
	if rc := C.rcl_service_init(s.rcl, s.node.rcl, ts, cname, &opts); rc != C.RCL_RET_OK {
		err := newError(rc, "create service %q", name)
		C.free(unsafe.Pointer(s.rcl))
		return err
	}
	s.name = C.GoString(C.rcl_service_get_service_name(s.rcl))
	return nil
}

func (s *Service) destroy() error {
	defer C.free(unsafe.Pointer(s.rcl))
	if rc := C.rcl_service_fini(s.rcl, s.node.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close service %q", s.name)
	}
	return nil
}

// Close closes s. Once it has returned, its handler is not called any more.
func (s *Service) Close() error {
	return s.life.close(s.node.context.changed)
}

// serve takes one request, if there is one, and calls the handler. A failed take,
// of a garbled request say, is logged and no error: the others must not suffer from
// one bad client.
func (s *Service) serve() error {
	ts := s.typeSupport.Request()
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	id, info, err := s.take(mem)
	if err != nil {
		return s.node.logger.Error(err)
	}
	if info == nil {
		return nil
	}
	request := ts.New()
	if err := toGo(ts, request, mem); err != nil {
		return s.node.logger.Error(codeError(C.RCL_RET_ERROR, err.Error(), "take request of %q", s.name))
	}
	if s.handler != nil {
		s.handler(info, request, &responder{service: s, id: id})
	}
	return nil
}

// take returns nil without a request.
func (s *Service) take(mem unsafe.Pointer) (id C.rmw_request_id_t, _ *ServiceInfo, _ error) {
	s.calling.Lock()
	defer s.calling.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var info C.rmw_service_info_t
	switch rc := C.rcl_take_request_with_info(s.rcl, &info, mem); rc {
	case C.RCL_RET_OK:
		return info.request_id, serviceInfo(&info), nil
	case C.RCL_RET_SERVICE_TAKE_FAILED:
		C.rcutils_reset_error()
		return id, nil, nil
	default:
		return id, nil, newError(rc, "take request of %q", s.name)
	}
}

// responder sends the response to the request id.
type responder struct {
	service *Service
	id      C.rmw_request_id_t
}

func (r *responder) SendResponse(resp types.Message) error {
	s := r.service
	if resp == nil {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "response is nil", "send response of %q", s.name)
	}
	ts := resp.GetTypeSupport()
	if ts.TypeSupport() != s.typeSupport.Response().TypeSupport() {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "response is not of the service's type", "send response of %q", s.name)
	}
	mem := ts.PrepareMemory()
	defer ts.ReleaseMemory(mem)
	ts.AsCStruct(mem, resp)
	for deadline := time.Now().Add(ResponseDeadline); ; {
		err := r.send(mem)
		// Each attempt blocks by itself: there is no need to pause.
		if late := (*RmwTimeout)(nil); !errors.As(err, &late) || time.Now().After(deadline) {
			return err
		}
	}
}

// send makes one attempt. Nothing is held between two of them, so that requests
// are taken and the service can be closed.
func (r *responder) send(mem unsafe.Pointer) error {
	s := r.service
	if !s.life.acquire() {
		return codeError(C.RCL_RET_SERVICE_INVALID, "", "send response of %q", s.name)
	}
	defer s.life.release()
	s.calling.Lock()
	defer s.calling.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if rc := C.rcl_send_response(s.rcl, &r.id, mem); rc != C.RCL_RET_OK {
		return newError(rc, "send response of %q", s.name)
	}
	return nil
}

func serviceInfo(info *C.rmw_service_info_t) *ServiceInfo {
	return &ServiceInfo{
		SourceTimestamp:   timestamp(info.source_timestamp),
		ReceivedTimestamp: timestamp(info.received_timestamp),
		RequestID: RequestID{
			WriterGUID:     *(*[16]int8)(unsafe.Pointer(&info.request_id.writer_guid)),
			SequenceNumber: int64(info.request_id.sequence_number),
		},
	}
}
