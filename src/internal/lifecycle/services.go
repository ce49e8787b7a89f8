package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/internal/rclext"
	lifecycle_msgs_msg "av_capture/src/msgs/lifecycle_msgs/msg"
	lifecycle_msgs_srv "av_capture/src/msgs/lifecycle_msgs/srv"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// serve starts the five services.
func (s *Server) serve(node *rclgo.Node) error {
	var errs []error
	add := func(name string, support types.ServiceTypeSupport, handler rclgo.ServiceRequestHandler) {
		service, err := node.NewService(name, support, nil, handler)
		if err != nil {
			errs = append(errs, fmt.Errorf("lifecycle: service %s: %w", name, err))
			return
		}
		s.services = append(s.services, service)
	}
	add("~/change_state", lifecycle_msgs_srv.ChangeStateTypeSupport, s.changeState)
	add("~/get_state", lifecycle_msgs_srv.GetStateTypeSupport, s.getState)
	add("~/get_available_states", lifecycle_msgs_srv.GetAvailableStatesTypeSupport, s.getStates)
	add("~/get_available_transitions", lifecycle_msgs_srv.GetAvailableTransitionsTypeSupport, s.getTransitions(s.machine.Available))
	add("~/get_transition_graph", lifecycle_msgs_srv.GetAvailableTransitionsTypeSupport, s.getTransitions(s.machine.Graph))
	return errors.Join(errs...)
}

// changeState answers ChangeState when the transition is over.
func (s *Server) changeState(_ *rclgo.ServiceInfo, request types.Message, to rclgo.ServiceResponseSender) {
	wanted := request.(*lifecycle_msgs_srv.ChangeState_Request).Transition
	answer := func(changed bool) {
		response := lifecycle_msgs_srv.NewChangeState_Response()
		response.Success = changed
		s.send(to, response)
	}
	s.queue(func(ctx context.Context) { answer(s.change(ctx, &wanted)) }, func(busy error) {
		s.log.Warnf("change_state: %v", busy)
		answer(false)
	})
}

// getState answers GetState. It runs on the executor's thread, as the other queries do.
func (s *Server) getState(_ *rclgo.ServiceInfo, _ types.Message, to rclgo.ServiceResponseSender) {
	response := lifecycle_msgs_srv.NewGetState_Response()
	response.CurrentState = stateMessage(s.machine.State())
	s.send(to, response)
}

func (s *Server) getStates(_ *rclgo.ServiceInfo, _ types.Message, to rclgo.ServiceResponseSender) {
	response := lifecycle_msgs_srv.NewGetAvailableStates_Response()
	for _, state := range s.machine.States() {
		response.AvailableStates = append(response.AvailableStates, stateMessage(state))
	}
	s.send(to, response)
}

// getTransitions returns the handler of GetAvailableTransitions, for some of the transitions.
func (s *Server) getTransitions(of func() []rclext.Transition) rclgo.ServiceRequestHandler {
	return func(_ *rclgo.ServiceInfo, _ types.Message, to rclgo.ServiceResponseSender) {
		response := lifecycle_msgs_srv.NewGetAvailableTransitions_Response()
		for _, t := range of() {
			response.AvailableTransitions = append(response.AvailableTransitions, lifecycle_msgs_msg.TransitionDescription{
				Transition: lifecycle_msgs_msg.Transition{Id: t.ID, Label: t.Label},
				StartState: stateMessage(t.Start),
				GoalState:  stateMessage(t.Goal),
			})
		}
		s.send(to, response)
	}
}

func stateMessage(s rclext.State) lifecycle_msgs_msg.State {
	return lifecycle_msgs_msg.State{Id: s.ID, Label: s.Label}
}

// send answers a request.
func (s *Server) send(to rclgo.ServiceResponseSender, response types.Message) {
	if err := to.SendResponse(response); err != nil {
		s.log.Warnf("a request to the lifecycle's services could not be answered: %v", err)
	}
}
