package rclext

/*
#cgo LDFLAGS: -lrcl_lifecycle

#include <stdlib.h>

#include <rcl/time.h>
#include <rcutils/error_handling.h>

#include "statemachine.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	lifecycle_msgs_msg "av_capture/src/msgs/lifecycle_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// State is a state of a managed node, numbered as in lifecycle_msgs/State.
type State struct {
	ID    uint8
	Label string
}

// Transition is a transition of a managed node, numbered as in lifecycle_msgs/Transition.
type Transition struct {
	ID          uint8
	Label       string
	Start, Goal State
}

// StateMachine is the state machine of a managed node by rcl_lifecycle, which publishes each
// transition on ~/transition_event. Any goroutine may use it.
type StateMachine struct {
	mu    sync.Mutex // rcl_lifecycle has none
	node  *C.rcl_node_t
	clock *C.rcl_clock_t                   // C's memory, which rcl may keep
	rcl   *C.rcl_lifecycle_state_machine_t // C's memory; nil once it is closed
}

// NewStateMachine makes the state machine of a node, in state unconfigured, without services.
// It must be closed before the node. It must not be called while other goroutines make or close
// anything of the node's context.
func NewStateMachine(node *rclgo.Node) (*StateMachine, error) {
	handle := HandleOf(node)
	if handle == nil {
		return nil, errors.New("rclext: rclgo hides the node's handle")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.rcutils_reset_error()
	m := &StateMachine{
		node:  (*C.rcl_node_t)(handle),
		clock: (*C.rcl_clock_t)(C.calloc(1, C.sizeof_rcl_clock_t)),
		rcl:   (*C.rcl_lifecycle_state_machine_t)(C.calloc(1, C.sizeof_rcl_lifecycle_state_machine_t)),
	}
	allocator := C.rcutils_get_default_allocator()
	if C.rcl_clock_init(C.RCL_SYSTEM_TIME, m.clock, &allocator) != C.RCL_RET_OK {
		m.free()
		return nil, fmt.Errorf("rclext: clock of the state machine: %w", lastError())
	}
	*m.rcl = C.rcl_lifecycle_get_zero_initialized_state_machine()
	options := C.rcl_lifecycle_get_default_state_machine_options()
	options.enable_com_interface = false // its services could not be spun with the node's
	events := (*C.rosidl_message_type_support_t)(lifecycle_msgs_msg.TransitionEventTypeSupport.TypeSupport())
	if C.rclext_state_machine_init(m.rcl, m.node, m.clock, events, &options) != C.RCL_RET_OK {
		err := fmt.Errorf("rclext: state machine: %w", lastError())
		C.rcl_clock_fini(m.clock)
		m.free()
		return nil, err
	}
	return m, nil
}

// State returns the present state.
func (m *StateMachine) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return stateOf(m.rcl.current_state)
}

// States returns all states that there are.
func (m *StateMachine) States() []State {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := unsafe.Slice(m.rcl.transition_map.states, m.rcl.transition_map.states_size)
	states := make([]State, len(all))
	for i := range all {
		states[i] = stateOf(&all[i])
	}
	return states
}

// Graph returns all transitions that there are.
func (m *StateMachine) Graph() []Transition {
	m.mu.Lock()
	defer m.mu.Unlock()
	return transitionsOf(m.rcl.transition_map.transitions, m.rcl.transition_map.transitions_size)
}

// Available returns the transitions from the present state.
func (m *StateMachine) Available() []Transition {
	m.mu.Lock()
	defer m.mu.Unlock()
	return transitionsOf(m.rcl.current_state.valid_transitions, m.rcl.current_state.valid_transition_size)
}

// Trigger goes along one of the available transitions, by its label, and publishes it. With an
// error the present state is the former one, or the next one, which could not be published.
func (m *StateMachine) Trigger(label string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.rcutils_reset_error()
	name := C.CString(label)
	defer C.free(unsafe.Pointer(name))
	if C.rcl_lifecycle_trigger_transition_by_label(m.rcl, name, true) != C.RCL_RET_OK {
		return fmt.Errorf("rclext: transition %s: %w", label, lastError())
	}
	return nil
}

// Close frees the state machine, which must not be used any more, and closes its publisher.
func (m *StateMachine) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.rcutils_reset_error()
	defer m.free()
	var err error
	if C.rcl_lifecycle_state_machine_fini(m.rcl, m.node) != C.RCL_RET_OK {
		err = fmt.Errorf("rclext: closing the state machine: %w", lastError())
	}
	C.rcl_clock_fini(m.clock)
	return err
}

func (m *StateMachine) free() {
	C.free(unsafe.Pointer(m.rcl))
	C.free(unsafe.Pointer(m.clock))
	m.rcl, m.clock = nil, nil
}

// stateOf copies a state to Go's memory.
func stateOf(s *C.rcl_lifecycle_state_t) State { return State{uint8(s.id), C.GoString(s.label)} }

// transitionsOf copies transitions to Go's memory.
func transitionsOf(first *C.rcl_lifecycle_transition_t, size C.uint) []Transition {
	all := unsafe.Slice(first, size)
	transitions := make([]Transition, len(all))
	for i := range all {
		t := &all[i]
		transitions[i] = Transition{uint8(t.id), C.GoString(t.label), stateOf(t.start), stateOf(t.goal)}
	}
	return transitions
}
