package service

import (
	"fmt"
	"time"

	"av_capture/src/internal/message"
	"av_capture/src/msgs/rcl_interfaces/msg"
)

// parameters returns parameters with the values that are in force, without passwords.
func (s *Server) parameters(names ...string) []rcl_interfaces_msg.Parameter {
	values := s.Values()
	parameters := make([]rcl_interfaces_msg.Parameter, len(names))
	for i, name := range names {
		parameters[i] = rcl_interfaces_msg.Parameter{Name: name, Value: toMessage(masked(values, name))}
	}
	return parameters
}

// publish sends an event of this node, now.
func (s *Server) publish(event *rcl_interfaces_msg.ParameterEvent) {
	event.Stamp = message.Stamp(time.Now())
	event.Node = s.node.FullyQualifiedName()
	if err := s.events.Publish(event); err != nil {
		s.backend.Warn(fmt.Sprintf("a change of parameters could not be told to /parameter_events: %v", err))
	}
}
