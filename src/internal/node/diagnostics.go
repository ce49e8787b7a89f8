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
	parameter string // that names the device

	mu       sync.Mutex
	device   string        // what the parameters ask for
	interval time.Duration // longest pause between two tries to open the device
}

// newDiagnostics makes the publisher and the status of a task of a node, whose
// parameters are known.
func newDiagnostics(node *rclgo.Node, params param.Set, parameter string) (*diagnostics, error) {
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
	d := &diagnostics{publisher: publisher, message: message, parameter: parameter}
	d.apply(params)
	return d, nil
}

// apply notes the parameters that the status repeats. Any goroutine may call it.
func (d *diagnostics) apply(params param.Set) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.device = params.String(d.parameter)
	if source := params.String("source"); source == "synthetic" {
		d.device = source
	}
	d.interval = reconnectInterval(params)
}

// publish sends the status. It runs on the executor's thread.
func (d *diagnostics) publish(a account, state *sourceState) error {
	phase, reconnects, reason := state.get()
	d.mu.Lock()
	device, interval := d.device, d.interval
	d.mu.Unlock()
	status := &d.message.Status[0]
	status.Level, status.Message = a.level, a.message
	switch phase {
	case opening:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = "opening the device, nothing has arrived yet"
	case failing:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_ERROR
		status.Message = d.explain(reason, interval)
	case off:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_OK
		status.Message = "capture off, the device is free: ~/set_capture turns it on"
	case ended:
		status.Level = diagnostic_msgs_msg.DiagnosticStatus_WARN
		status.Message = fmt.Sprintf("%v; set loop to play it again and again", reason)
	}
	status.HardwareId = a.device
	if a.device == "" {
		status.HardwareId = device
	}
	status.Values = a.values
	(*keyValues)(&status.Values).add("reconnects", "%d", reconnects)
	now := time.Now()
	d.message.Header.Stamp.Sec = int32(now.Unix())
	d.message.Header.Stamp.Nanosec = uint32(now.Nanosecond())
	return d.publisher.Publish(d.message)
}

// explain says why there is no device, and what to do about it.
func (d *diagnostics) explain(reason error, interval time.Duration) string {
	var cure string
	switch {
	case reason == nil:
		reason = errWithoutReason
	case errors.Is(reason, acquire.ErrAbsent):
		cure = "plug it in, or set " + d.parameter + " to another; "
	case errors.Is(reason, acquire.ErrBusy):
		cure = "end the other program, or set " + d.parameter + " to another; "
	case errors.Is(reason, acquire.ErrUnknownDevice):
		cure = "set " + d.parameter + " to one that is there; "
	case errors.Is(reason, acquire.ErrUnsupported):
		cure = "set the parameter to what the device has; "
	case errors.Is(reason, acquire.ErrLost):
		cure = "check its cable; "
	}
	return fmt.Sprintf("%v; %strying again at least every %v", reason, cure, interval)
}
