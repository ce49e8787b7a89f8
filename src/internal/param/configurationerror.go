package param

import "fmt"

// ConfigurationError says that the process cannot start with its arguments, environment
// or parameters. Starting again without a change is pointless.
type ConfigurationError struct{ err error }

// Misconfigured returns a ConfigurationError, formatted as by [fmt.Errorf].
func Misconfigured(format string, args ...any) error {
	return &ConfigurationError{fmt.Errorf(format, args...)}
}

// Error returns the reason.
func (e *ConfigurationError) Error() string { return e.err.Error() }

// Unwrap returns the cause.
func (e *ConfigurationError) Unwrap() error { return e.err }
