package rclgo

import "fmt"

// LogSeverity is the severity of a message, or the least one that a logger lets
// through.
type LogSeverity uint32

// The severities.
const (
	LogSeverityUnset LogSeverity = 0 // a logger without a level of its own
	LogSeverityDebug LogSeverity = 10
	LogSeverityInfo  LogSeverity = 20
	LogSeverityWarn  LogSeverity = 30
	LogSeverityError LogSeverity = 40
	LogSeverityFatal LogSeverity = 50
)

// String returns the name as it stands in the log.
func (s LogSeverity) String() string {
	switch s {
	case LogSeverityUnset:
		return "UNSET"
	case LogSeverityDebug:
		return "DEBUG"
	case LogSeverityInfo:
		return "INFO"
	case LogSeverityWarn:
		return "WARN"
	case LogSeverityError:
		return "ERROR"
	case LogSeverityFatal:
		return "FATAL"
	}
	return fmt.Sprintf("LogSeverity(%d)", uint32(s))
}

// canLog reports whether a message can have the severity.
func (s LogSeverity) canLog() bool {
	switch s {
	case LogSeverityDebug, LogSeverityInfo, LogSeverityWarn, LogSeverityError, LogSeverityFatal:
		return true
	}
	return false
}
