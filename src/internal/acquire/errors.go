package acquire

import "errors"

// Errors that callers branch on. Sources wrap them with what they know: which
// device, what was tried, what to change.
var (
	// ErrAbsent says that the device is not there (yet); opening it again
	// later can succeed.
	ErrAbsent = errors.New("device absent")

	// ErrBusy says that somebody else has the device open.
	ErrBusy = errors.New("device busy")

	// ErrLost says that a device which was running vanished or stalled; what
	// was emitted before stays valid.
	ErrLost = errors.New("device lost")

	// ErrUnknownDevice says that a name matches no device, or more than one.
	// The text lists the devices that are there.
	ErrUnknownDevice = errors.New("unknown device")

	// ErrUnsupported says that the device refuses the requested size, rate or
	// format. Retrying without a change of parameters is pointless.
	ErrUnsupported = errors.New("unsupported format")

	// ErrEnd says that a source which is not live has given all it has, as a
	// file without loop does.
	ErrEnd = errors.New("end of source")
)
