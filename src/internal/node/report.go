package node

import (
	"fmt"

	"av_capture/src/internal/oneline"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
)

// Report is a node's report once a second. Level, Message and Device count while the
// source runs.
type Report struct {
	Line    string // for people, on the interval
	Trouble string // for the log; empty if nothing went wrong
	Level   byte   // of diagnostic_msgs/DiagnosticStatus
	Message string // of the level, in words
	Device  string // the device's own name; empty before the first opening
	Values  KeyValues
	Idle    *Idle // what counts in place of the source; nil while it is meant to run
}

// Idle says that a source is not meant to run.
type Idle struct {
	Level   byte // as in Report
	Message string
}

// RaiseLevel raises the level, if it is lower, and gives the reason.
func (r *Report) RaiseLevel(level byte, format string, args ...any) {
	if r.Level < level {
		r.Level, r.Message = level, fmt.Sprintf(format, args...)
	}
}

// KeyValues are the values of a status.
type KeyValues []diagnostic_msgs_msg.KeyValue

// Add adds a value, formatted as by [fmt.Sprintf].
func (v *KeyValues) Add(key, format string, args ...any) {
	*v = append(*v, diagnostic_msgs_msg.KeyValue{Key: key, Value: oneline.Escaped(fmt.Sprintf(format, args...))})
}

// AddLatency adds percentiles, or the reason for which there are none.
func (v *KeyValues) AddLatency(l *Latencies, none string) {
	p50, p99, ok := l.percentiles()
	if !ok {
		v.Add("latency p50 [ms]", "%s", none)
		v.Add("latency p99 [ms]", "%s", none)
		return
	}
	v.Add("latency p50 [ms]", "%.2f", Milliseconds(p50))
	v.Add("latency p99 [ms]", "%.2f", Milliseconds(p99))
}
