package node

import (
	"context"
	"errors"
	"fmt"

	"av_capture/src/internal/access"
	"av_capture/src/internal/lifecycle"
	"av_capture/src/internal/oneline"
	"av_capture/src/internal/param"
	"av_capture/src/internal/rclext"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
)

// managedNode declares whether a node is a managed one.
var managedNode = param.Declaration{
	Name:        "lifecycle",
	Default:     param.Bool(false),
	Description: "Make the node a managed one, which captures only while others have it active, by ~/change_state.",
	ReadOnly:    true,
}

// The primary states, as rcl_lifecycle calls them.
const (
	unconfigured = "unconfigured"
	inactive     = "inactive"
	active       = "active"
	finalized    = "finalized"
)

// managed is the lifecycle of a node. Configured, it has its topics, and its device has been
// opened once; active, it holds the device and captures. While it is inactive the device is
// free: access to hardware belongs to the active state
// (https://design.ros2.org/articles/node_lifecycle.html), and another program may use it. The
// services of the node answer in every state.
type managed struct {
	base   *Base
	server *lifecycle.Server
}

// manage makes the node a managed one, if the parameters ask for it. Capture is off until the
// node is activated.
func (b *Base) manage(params param.Set) (err error) {
	if !params.Bool(managedNode.Name) {
		return nil
	}
	if rclext.HandleOf(b.ROS) == nil {
		return param.Misconfigured("node %s: lifecycle is true, but this rclgo hides rcl's handles: set lifecycle to false", b.ROS.FullyQualifiedName())
	}
	m := &managed{base: b}
	b.gate.shut.Store(true)
	b.Supervisor.StartOff()
	if m.server, err = lifecycle.New(b.ROS, b.parameters.Do, lifecycle.Callbacks{
		Configure: m.configure, Activate: m.activate, Deactivate: m.deactivate,
		Cleanup: m.cleanup, Shutdown: m.shutdown, Recover: m.shutdown,
	}); err != nil {
		return err
	}
	b.managed = m
	b.Log.Info("unconfigured: it captures once it is configured and activated by ~/change_state")
	b.executor.serve(m.server.Services()...)
	return nil
}

// configure makes the topics, and opens the device once. It fails if the device is not there
// or not as the parameters ask.
func (m *managed) configure(ctx context.Context) error {
	for _, p := range m.base.publishers {
		if err := m.base.open(p); err != nil {
			return fmt.Errorf("%w: %w", lifecycle.ErrFault, err)
		}
	}
	if err := m.base.Supervisor.Try(ctx); err != nil {
		if closing := m.closeTopics(); closing != nil {
			return fmt.Errorf("%w: %w", lifecycle.ErrFault, oneline.Join(err, closing))
		}
		return err
	}
	return nil
}

// activate takes the device and captures. It fails if the device does not open. Once it has
// opened, a device that is lost is tried again and again, and the node stays active.
func (m *managed) activate(ctx context.Context) error {
	m.base.gate.shut.Store(false)
	err := m.base.Supervisor.Start(ctx)
	if err != nil {
		m.base.shutGate()
	}
	return err
}

// deactivate gives the device back. That a call which hangs may still hold the device is a
// fault.
func (m *managed) deactivate(ctx context.Context) error {
	if _, err := m.base.Supervisor.SetCapture(ctx, false); err != nil {
		return err
	}
	m.base.shutGate()
	if left := m.base.Supervisor.Left(); left.MayHoldDevice() {
		return fmt.Errorf("%w: a call that hangs may still hold the device (left behind: %s)", lifecycle.ErrFault, left)
	}
	return nil
}

// cleanup ends the topics.
func (m *managed) cleanup(context.Context) error {
	if err := m.closeTopics(); err != nil {
		return fmt.Errorf("%w: %w", lifecycle.ErrFault, err)
	}
	return nil
}

// shutdown gives back everything that configure and activate took. A node that it fails for
// is finalized: a device that is still being closed then is not opened again.
func (m *managed) shutdown(ctx context.Context) error {
	_, err := m.base.Supervisor.SetCapture(ctx, false)
	if err != nil {
		m.base.Supervisor.End()
	}
	m.base.shutGate()
	return oneline.Join(err, m.closeTopics())
}

// closeTopics ends those topics that are there.
func (m *managed) closeTopics() error {
	var errs []error
	for _, p := range m.base.publishers {
		errs = append(errs, m.base.close(p))
	}
	return errors.Join(errs...)
}

// refuse returns why capture cannot be turned on, nil if it can. m may be nil.
func (m *managed) refuse() error {
	if m == nil {
		return nil
	}
	if state, _ := m.server.State(); state != active {
		return fmt.Errorf("the node is %s, and captures only while it is active: %s", state, next(state))
	}
	return nil
}

// next tells people how a node becomes active from a state.
func next(state string) string {
	switch state {
	case unconfigured:
		return "configure and activate it by ~/change_state"
	case inactive:
		return "activate it by ~/change_state"
	case finalized:
		return "start the process again"
	}
	return "a transition is under way"
}

// report adds the state to a report. m may be nil.
func (m *managed) report(r *Report) {
	if m == nil {
		return
	}
	state, failure := m.server.State()
	r.Values.Add("lifecycle state", "%s", state)
	if state == active {
		return
	}
	r.Idle = &Idle{Level: diagnostic_msgs_msg.DiagnosticStatus_OK, Message: fmt.Sprintf("%s: %s", state, next(state))}
	if failure != nil {
		r.Idle = &Idle{Level: diagnostic_msgs_msg.DiagnosticStatus_ERROR,
			Message: access.Masked(fmt.Sprintf("%s, since %v; %s", state, failure, next(state)))}
	}
}
