package media

import (
	"errors"
	"fmt"
)

// Errors of sources, which wrap them with details: the device, the attempt, the cure.
var (
	// ErrAbsent means that the device is absent; a later Open can succeed.
	ErrAbsent = errors.New("device absent")

	// ErrBusy means that somebody else has the device open.
	ErrBusy = errors.New("device busy")

	// ErrLost means that a running device has vanished or stalled. Data that were emitted
	// before stay valid.
	ErrLost = errors.New("device lost")

	// ErrUnknownDevice means that a name matches no device, or several. The text lists the
	// devices that there are.
	ErrUnknownDevice = errors.New("unknown device")

	// ErrUnsupported means that the device refuses the wanted size, rate or format. Only
	// other parameters help.
	ErrUnsupported = errors.New("unsupported format")

	// ErrMisconfigured means that parameters are wrong in themselves, whatever is plugged in
	// and whoever sends: no later Open can succeed with them.
	ErrMisconfigured = errors.New("wrong configuration")

	// ErrDamaged means that a single image is damaged. The next one can be whole.
	ErrDamaged = errors.New("image damaged")

	// ErrEnd means that a source has come to its end, as a file without loop.
	ErrEnd = errors.New("end of source")
)

// Unplugged returns the error of a camera that was unplugged after so many images: an ErrLost
// with one text, whichever source and request has found it out.
func Unplugged(images int) error {
	return fmt.Errorf("unplugged after %d images: %w", images, ErrLost)
}

// Bare returns the innermost error, without its path, for a text that has the path already.
func Bare(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
