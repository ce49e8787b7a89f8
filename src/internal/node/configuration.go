package node

import "fmt"

// ConfigurationError says that the process cannot start with what it was given.
// Trying again without a change is pointless.
type ConfigurationError struct{ err error }

// Misconfigured returns a ConfigurationError, formatted as by [fmt.Errorf].
func Misconfigured(format string, args ...any) error {
	return &ConfigurationError{fmt.Errorf(format, args...)}
}

// Error returns the reason.
func (e *ConfigurationError) Error() string { return e.err.Error() }

// Unwrap returns what was wrong.
func (e *ConfigurationError) Unwrap() error { return e.err }
