package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"av_capture/src/internal/access"
	"av_capture/src/internal/oneline"
	"av_capture/src/internal/rclext"
	lifecycle_msgs_msg "av_capture/src/msgs/lifecycle_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Callbacks are what a node does in its transitions. One goroutine at a time calls them. They
// return soon after ctx has ended.
//
// After an error the node goes back to the state before the transition: unconfigured for
// Configure, inactive for Activate, and so on; after Shutdown it is finalized even then. After
// an error that is [ErrFault], Recover is called, which brings the node to where it was
// before Configure; if that fails too, the node is finalized.
type Callbacks struct {
	Configure, Activate, Deactivate, Cleanup, Shutdown, Recover func(ctx context.Context) error
}

// ErrFault marks an error of a callback after which the state before cannot be had back.
var ErrFault = errors.New("lifecycle: fault")

// Queue takes a job for a request that has just arrived. Its context ends when the answer has
// to be sent; if its turn has not come by then, refuse is called instead.
type Queue func(job func(ctx context.Context), refuse func(busy error))

// Server is the lifecycle of one node. Any goroutine may call its methods.
type Server struct {
	log       *rclgo.Logger
	machine   *rclext.StateMachine
	callbacks Callbacks
	queue     Queue
	services  []*rclgo.Service

	mu      sync.Mutex
	failure error // of the last transition; nil if it succeeded or is under way
}

// New makes the lifecycle of a node, which is unconfigured. Requests are answered once
// [Server.Services] are spun. It must not be called while other goroutines make or close
// anything of the node's context.
func New(node *rclgo.Node, queue Queue, callbacks Callbacks) (_ *Server, err error) {
	s := &Server{log: node.Logger(), callbacks: callbacks, queue: queue}
	if s.machine, err = rclext.NewStateMachine(node); err != nil {
		return nil, err
	}
	if err := s.serve(node); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// State returns the label of the present state, as in "inactive", and why the last transition
// failed, if it did.
func (s *Server) State() (label string, failure error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.machine.State().Label, s.failure
}

// Services returns the five services, for a wait set.
func (s *Server) Services() []*rclgo.Service { return s.services }

// Close ends the services, which must not be spun any more. The queue must have ended.
func (s *Server) Close() error {
	var errs []error
	for _, service := range s.services {
		errs = append(errs, service.Close())
	}
	return errors.Join(append(errs, s.machine.Close())...)
}

// callback returns the callback of a state between two primary ones.
func (s *Server) callback(state uint8) func(context.Context) error {
	switch state {
	case lifecycle_msgs_msg.State_TRANSITION_STATE_CONFIGURING:
		return s.callbacks.Configure
	case lifecycle_msgs_msg.State_TRANSITION_STATE_ACTIVATING:
		return s.callbacks.Activate
	case lifecycle_msgs_msg.State_TRANSITION_STATE_DEACTIVATING:
		return s.callbacks.Deactivate
	case lifecycle_msgs_msg.State_TRANSITION_STATE_CLEANINGUP:
		return s.callbacks.Cleanup
	case lifecycle_msgs_msg.State_TRANSITION_STATE_SHUTTINGDOWN:
		return s.callbacks.Shutdown
	case lifecycle_msgs_msg.State_TRANSITION_STATE_ERRORPROCESSING:
		return s.callbacks.Recover
	}
	return nil
}

// The ends of a state between two primary ones, as in rcl_lifecycle.
const (
	success = "transition_success"
	failure = "transition_failure"
	fault   = "transition_error"
)

// change carries a requested transition out, and reports whether it succeeded. As in rclcpp,
// the label counts if there is one, and the number otherwise. The queue's goroutine calls it.
func (s *Server) change(ctx context.Context, wanted *lifecycle_msgs_msg.Transition) bool {
	from := s.machine.State()
	transition, err := s.find(wanted)
	if err != nil {
		s.log.Warnf("change_state: %v", err)
		return false
	}
	if err := s.machine.Trigger(transition.Label); err != nil {
		s.log.Error(err)
		return false
	}
	s.setFailure(nil)
	if err = s.pass(ctx); err != nil {
		s.setFailure(fmt.Errorf("%s failed: %w", transition.Label, err))
	}
	to := s.machine.State()
	if err != nil {
		s.log.Errorf("%s failed, the node is %s: %s", transition.Label, to.Label, access.Masked(err.Error()))
		return false
	}
	s.log.Infof("%s: the node was %s, and is %s", transition.Label, from.Label, to.Label)
	return true
}

// setFailure notes why a transition failed; nil if it is under way or has succeeded.
func (s *Server) setFailure(err error) {
	s.mu.Lock()
	s.failure = err
	s.mu.Unlock()
}

// find returns the available transition that a request means.
func (s *Server) find(wanted *lifecycle_msgs_msg.Transition) (rclext.Transition, error) {
	var possible []string
	for _, t := range s.machine.Available() {
		if wanted.Label == t.Label || wanted.Label == "" && wanted.Id == t.ID {
			return t, nil
		}
		possible = append(possible, fmt.Sprintf("%s (%d)", t.Label, t.ID))
	}
	asked := fmt.Sprintf("%q", wanted.Label)
	if wanted.Label == "" {
		asked = fmt.Sprint(wanted.Id)
	}
	state := s.machine.State()
	if len(possible) == 0 {
		return rclext.Transition{}, fmt.Errorf("there is no transition %s from %s, which is final: start the process again", asked, state.Label)
	}
	return rclext.Transition{}, fmt.Errorf("there is no transition %s from %s, but %s", asked, state.Label, strings.Join(possible, ", "))
}

// pass calls the callback of a state between two primary ones, and goes on to the next
// primary state. It returns the callback's error, and that of a recovery.
func (s *Server) pass(ctx context.Context) error {
	err := s.callback(s.machine.State().ID)(ctx)
	switch {
	case err == nil:
		return s.machine.Trigger(success)
	case !errors.Is(err, ErrFault):
		return oneline.Join(err, s.machine.Trigger(failure))
	}
	errs := []error{err, s.machine.Trigger(fault)}
	recovery, end := s.callbacks.Recover(ctx), success
	if recovery != nil {
		end = failure
	}
	return oneline.Join(append(errs, recovery, s.machine.Trigger(end))...)
}
