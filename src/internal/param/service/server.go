package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"av_capture/src/internal/param"
	"av_capture/src/msgs/rcl_interfaces/msg"
	"av_capture/src/msgs/rcl_interfaces/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Limit bounds a change, from the arrival of its request. Clients wait for 5 s at
// most, so that there is room for the way.
const Limit = 4 * time.Second

// depth of the history of the services and of /parameter_events, as rclcpp's:
// many clients ask at once, and load a file with a request a parameter.
const depth = 1000

// Backend is a node as its parameter services see it. All methods but Warn are called by one
// goroutine at a time.
type Backend interface {
	// Apply puts all requested values into force, or none, with an error. It returns soon
	// after ctx has ended. remark is for the user after a success, mostly "".
	Apply(ctx context.Context, asked param.Set) (remark string, err error)

	// Table returns the node's parameters as they are declared at present.
	Table() *param.Table

	// InForce returns the parameters that the device has confirmed, or replaced by other
	// values. It may ask the device.
	InForce() map[string]param.Value

	// Warn logs a warning. Any goroutine may call it.
	Warn(text string)
}

// Server serves the parameters of one node.
type Server struct {
	node     *rclgo.Node
	backend  Backend
	services []*rclgo.Service
	events   *rcl_interfaces_msg.ParameterEventPublisher

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	jobs queue // of changes, which alone write the rest

	mu      sync.Mutex
	started param.Set // the values at start; they do not change
	asked   param.Set // the requested values; the next change builds on them
	inForce param.Set // for clients
}

// New serves a node's parameters, which start with the given values, and publishes them on
// /parameter_events with the given quality of service. Requests are answered once
// [Server.Services] are spun.
func New(node *rclgo.Node, values param.Set, events rclgo.QosProfile, backend Backend) (_ *Server, err error) {
	s := &Server{node: node, backend: backend, started: values, asked: values, inForce: values}
	s.ctx, s.stop = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("parameters of node %s: %w", node.FullyQualifiedName(), err), s.Close())
		}
	}()
	if s.events, err = rcl_interfaces_msg.NewParameterEventPublisher(node, "/parameter_events", &rclgo.PublisherOptions{Qos: events}); err != nil {
		return nil, err
	}
	for _, d := range values.Table().Declarations() {
		s.publish(&rcl_interfaces_msg.ParameterEvent{NewParameters: s.parameters(d.Name)})
	}
	return s, s.serve()
}

// DefaultEventsQos returns rclcpp's quality of service of /parameter_events.
func DefaultEventsQos() rclgo.QosProfile {
	qos := rclgo.NewDefaultQosProfile()
	qos.Depth = depth
	return qos
}

// serve starts the six services.
func (s *Server) serve() error {
	qos := rclgo.NewDefaultServiceQosProfile()
	qos.Depth = depth
	options := &rclgo.ServiceOptions{Qos: qos}
	var errs []error
	add := func(service *rclgo.Service, err error) {
		if err != nil {
			errs = append(errs, err)
			return
		}
		s.services = append(s.services, service)
	}
	add(s.node.NewService("~/get_parameters", rcl_interfaces_srv.GetParametersTypeSupport, options, s.get))
	add(s.node.NewService("~/get_parameter_types", rcl_interfaces_srv.GetParameterTypesTypeSupport, options, s.types))
	add(s.node.NewService("~/set_parameters", rcl_interfaces_srv.SetParametersTypeSupport, options, s.setEach))
	add(s.node.NewService("~/set_parameters_atomically", rcl_interfaces_srv.SetParametersAtomicallyTypeSupport, options, s.setAll))
	add(s.node.NewService("~/describe_parameters", rcl_interfaces_srv.DescribeParametersTypeSupport, options, s.describe))
	add(s.node.NewService("~/list_parameters", rcl_interfaces_srv.ListParametersTypeSupport, options, s.list))
	return errors.Join(errs...)
}

// Services returns the six services, for a wait set.
func (s *Server) Services() []*rclgo.Service { return s.services }

// Values returns the values in force. Any goroutine may call it.
func (s *Server) Values() param.Set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inForce
}

// Refresh asks the backend again for declarations and values in force, after the changes under
// way, and publishes differences on /parameter_events. It does not block. Any goroutine may
// call it until Close.
func (s *Server) Refresh() {
	s.jobs.add(s.ctx, func() {
		if s.ctx.Err() == nil {
			s.commit(s.asked)
		}
	}, func() {})
}

// Close ends the services and their changes. The services must not be spun any more.
func (s *Server) Close() error {
	s.stop()
	s.jobs.wait()
	var errs []error
	for _, service := range s.services {
		errs = append(errs, service.Close())
	}
	if s.events != nil {
		errs = append(errs, s.events.Close())
	}
	return errors.Join(errs...)
}

// get answers GetParameters. It runs on the executor's thread, as the other
// queries do.
func (s *Server) get(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	names := request.(*rcl_interfaces_srv.GetParameters_Request).Names
	answer := func() {
		values := s.Values()
		response := rcl_interfaces_srv.NewGetParameters_Response()
		response.Values = each(values.Table(), names,
			func(name string) rcl_interfaces_msg.ParameterValue { return toMessage(masked(values, name)) })
		s.send(to, response)
	}
	table := s.Values().Table()
	if len(names) > mostNames || !slices.ContainsFunc(names, func(name string) bool {
		d := table.Lookup(name)
		return d != nil && d.Volatile
	}) {
		answer()
		return
	}
	// The device is asked, off the executor's thread.
	s.Do(func(ctx context.Context) {
		if ctx.Err() == nil {
			s.commit(s.asked)
		}
		answer()
	}, func(error) { answer() })
}

func (s *Server) types(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	table := s.Values().Table()
	response := rcl_interfaces_srv.NewGetParameterTypes_Response()
	response.Types = each(table, request.(*rcl_interfaces_srv.GetParameterTypes_Request).Names,
		func(name string) uint8 { return uint8(table.Lookup(name).Kind()) })
	s.send(to, response)
}

func (s *Server) describe(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	table := s.Values().Table()
	response := rcl_interfaces_srv.NewDescribeParameters_Response()
	response.Descriptors = each(table, request.(*rcl_interfaces_srv.DescribeParameters_Request).Names,
		func(name string) rcl_interfaces_msg.ParameterDescriptor { return descriptor(table.Lookup(name)) })
	s.send(to, response)
}

func (s *Server) list(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	asked := request.(*rcl_interfaces_srv.ListParameters_Request)
	response := rcl_interfaces_srv.NewListParameters_Response()
	response.Result = list(s.Values().Table(), asked.Prefixes, asked.Depth)
	s.send(to, response)
}

// send answers a request. A client that is gone is nobody's fault.
func (s *Server) send(to rclgo.ServiceResponseSender, response types.Message) {
	if err := to.SendResponse(response); err != nil && s.ctx.Err() == nil {
		s.backend.Warn(fmt.Sprintf("a request for parameters could not be answered: %v", err))
	}
}
