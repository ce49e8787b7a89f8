package node

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
	"av_capture/src/msgs/diagnostic_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// useFullName declares what diagnostic_updater's nodes declare.
var useFullName = param.Declaration{
	Name:        "diagnostic_updater.use_fqn",
	Default:     param.Bool(false),
	Description: "Name the node in /diagnostics with its namespace.",
	ReadOnly:    true,
}

// account is what a meter says once a second. Level, message and device are for
// as long as the source runs.
type account struct {
	line    string // what was done, for people
	trouble string // what went wrong, for the log; empty if nothing did
	level   byte   // of diagnostic_msgs/DiagnosticStatus
	message string // in words
	device  string // what the device calls itself; empty before the first opening
	values  keyValues
}

// worsen raises the level, if it is lower, and says why.
func (a *account) worsen(level byte, format string, args ...any) {
	if a.level < level {
		a.level, a.message = level, fmt.Sprintf(format, args...)
	}
}

// keyValues are the values of a status.
type keyValues []diagnostic_msgs_msg.KeyValue

func (v *keyValues) add(key, format string, args ...any) {
	*v = append(*v, diagnostic_msgs_msg.KeyValue{Key: key, Value: fmt.Sprintf(format, args...)})
}

// latency adds percentiles, or says why there are none.
func (v *keyValues) latency(l *latencies, none string) {
	p50, p99, ok := l.percentiles()
	if !ok {
		v.add("latency p50 [ms]", "%s", none)
		v.add("latency p99 [ms]", "%s", none)
		return
	}
	v.add("latency p50 [ms]", "%.2f", milliseconds(p50))
	v.add("latency p99 [ms]", "%.2f", milliseconds(p99))
}

// diagnostics publishes one status, named and laid out as diagnostic_updater
// does it, so that the tools for /diagnostics find it where they expect it.
type diagnostics struct {
	publisher *diagnostic_msgs_msg.DiagnosticArrayPublisher
	message   *diagnostic_msgs_msg.DiagnosticArray
	inputOf   func(param.Set) input

	mu       sync.Mutex
	input    input         // what the parameters ask for
	interval time.Duration // longest pause between two tries to open the device
}

// newDiagnostics makes the publisher and the status of a task of a node, whose
// parameters are known.
func newDiagnostics(node *rclgo.Node, params param.Set, inputOf func(param.Set) input) (*diagnostics, error) {
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

// publish sends the status. It runs on the executor's thread.
func (d *diagnostics) publish(a account, state *sourceState) error {
	phase, reconnects, reason := state.get()
	d.mu.Lock()
	input, interval := d.input, d.interval
	d.mu.Unlock()
	status := &d.message.Status[0]
	status.Level, status.Message = a.level, a.message
	switch phase {
	case opening:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = "opening the device, nothing has arrived yet"
	case failing:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		status.Message = explain(reason, input, interval)
	case off:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_OK
		status.Message = "capture off, the device is free: ~/set_capture turns it on"
	case ended:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = fmt.Sprintf("%v; set loop to play it again and again", reason)
	}
	status.HardwareId = a.device
	if a.device == "" {
		status.HardwareId = input.name
	}
	status.Values = a.values
	(*keyValues)(&status.Values).add("reconnects", "%d", reconnects)
	now := time.Now()
	d.message.Header.Stamp.Sec = int32(now.Unix())
	d.message.Header.Stamp.Nanosec = uint32(now.Nanosecond())
	return d.publisher.Publish(d.message)
}

// explain says why there is no input, and what to do about it.
func explain(reason error, in input, interval time.Duration) string {
	another := "set " + in.parameter + " to another; "
	cure := ""
	switch {
	case reason == nil:
		reason = errWithoutReason
	case errors.Is(reason, acquire.ErrAbsent) && in.device:
		cure = "plug it in, or " + another
	case errors.Is(reason, acquire.ErrAbsent):
		cure = another
	case errors.Is(reason, acquire.ErrBusy):
		cure = "end the other program, or " + another
	case errors.Is(reason, acquire.ErrUnknownDevice):
		cure = "set " + in.parameter + " to one that is there; "
	case errors.Is(reason, acquire.ErrUnsupported) && in.device:
		cure = "set the parameter to what the device has; "
	case errors.Is(reason, acquire.ErrUnsupported):
		cure = another
	case errors.Is(reason, acquire.ErrLost) && in.device:
		cure = "check its cable; "
	}
	return fmt.Sprintf("%v; %strying again at least every %v", reason, cure, interval)
}
