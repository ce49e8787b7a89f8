package node

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/access"
	"av_capture/src/internal/media"
	"av_capture/src/internal/message"
	"av_capture/src/internal/oneline"
	"av_capture/src/internal/param"
	"av_capture/src/internal/supervisor"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// useFullName declares a parameter of diagnostic_updater's nodes.
var useFullName = param.Declaration{
	Name:        "diagnostic_updater.use_fqn",
	Default:     param.Bool(false),
	Description: "Name the node in /diagnostics with its namespace.",
	ReadOnly:    true,
}

// diagnostics publishes one status, named and laid out as by diagnostic_updater, so
// that tools for /diagnostics find it.
type diagnostics struct {
	publisher *diagnostic_msgs_msg.DiagnosticArrayPublisher
	message   *diagnostic_msgs_msg.DiagnosticArray
	inputOf   func(param.Set) Input

	mu       sync.Mutex
	input    Input         // that the parameters name
	interval time.Duration // longest pause between two tries to open the device
}

// newDiagnostics makes the publisher and the status.
func newDiagnostics(node *rclgo.Node, params param.Set, inputOf func(param.Set) Input) (*diagnostics, error) {
	name := node.Name()
	if params.Bool(useFullName.Name) {
		name = node.FullyQualifiedName()
	}
	publisher, err := diagnostic_msgs_msg.NewDiagnosticArrayPublisher(node, "/diagnostics", publisherOptions(1))
	if err != nil {
		return nil, fmt.Errorf("node: publisher of /diagnostics: %w", err)
	}
	message := diagnostic_msgs_msg.NewDiagnosticArray()
	message.Status = []diagnostic_msgs_msg.DiagnosticStatus{{Name: name + ": capture"}}
	d := &diagnostics{publisher: publisher, message: message, inputOf: inputOf}
	d.apply(params)
	return d, nil
}

// apply notes the parameters that the status repeats. Any goroutine may call it.
func (d *diagnostics) apply(params param.Set) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.input = d.inputOf(params)
	d.interval = reconnectInterval(params)
}

// publishStatus publishes the status. It runs on the goroutine of reports.
func (d *diagnostics) publishStatus(r Report, state *supervisor.State, left *supervisor.Left) error {
	phase, reconnects, reason := state.Get()
	d.mu.Lock()
	input, interval := d.input, d.interval
	d.mu.Unlock()
	status := &d.message.Status[0]
	status.Level, status.Message = r.Level, r.Message
	switch phase {
	case supervisor.Opening:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = "opening the device, nothing has arrived yet"
	case supervisor.Failing:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		status.Message = explain(reason, input, interval)
	case supervisor.Off:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_OK
		status.Message = "capture off, the device is free: ~/set_capture turns it on"
		if left.MayHoldDevice() {
			status.Message = "capture off; a call that hangs may still hold the device (see left behind): ~/set_capture turns it on"
		}
	case supervisor.Ended:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = fmt.Sprintf("%v; set loop to play it again and again", reason)
	}
	if r.Idle != nil {
		status.Level, status.Message = r.Idle.Level, r.Idle.Message
	}
	status.Message = oneline.Escaped(status.Message)
	status.HardwareId = oneline.Escaped(r.Device)
	if r.Device == "" {
		status.HardwareId = oneline.Escaped(input.Name)
	}
	status.Values = r.Values
	(*KeyValues)(&status.Values).Add("reconnects", "%d", reconnects)
	(*KeyValues)(&status.Values).Add("left behind", "%s", left)
	d.message.Header.Stamp = message.Stamp(time.Now())
	return d.publisher.Publish(d.message)
}

// explain says why there is no input, and names the cure.
func explain(reason error, in Input, interval time.Duration) string {
	another := "set " + in.Parameter + " to another; "
	cure := ""
	switch {
	case reason == nil:
		reason = supervisor.ErrWithoutReason
	case errors.Is(reason, media.ErrAbsent) && in.Device:
		cure = "plug it in, or " + another
	case errors.Is(reason, media.ErrAbsent):
		cure = another
	case errors.Is(reason, media.ErrBusy):
		cure = "end the other program, or " + another
	case errors.Is(reason, media.ErrUnknownDevice):
		cure = "set " + in.Parameter + " to one that is there; "
	case errors.Is(reason, media.ErrUnsupported) && in.Device:
		cure = "set the parameter to what the device has; "
	case errors.Is(reason, media.ErrUnsupported):
		cure = another
	case errors.Is(reason, media.ErrLost) && in.Device:
		cure = "check its cable; "
	}
	if errors.Is(reason, media.ErrMisconfigured) {
		return access.Masked(fmt.Sprintf("%v; %sit is not tried again with these parameters", reason, another))
	}
	return access.Masked(fmt.Sprintf("%v; %strying again at least every %v", reason, cure, interval))
}
