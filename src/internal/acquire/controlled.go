package acquire

import (
	"context"

	"av_capture/src/internal/media"
)

// Controlled is a source whose device has controls. Any goroutine may call its methods, at
// any time; they block for as long as the device takes to answer.
type Controlled interface {
	// Controls returns the controls of the open device, with their values. It fails with
	// media.ErrAbsent while the source is closed.
	Controls() ([]media.Control, error)

	// OtherControls returns the labels of the controls that Control cannot express; none
	// while the source is closed.
	OtherControls() []string

	// SetControl changes the value of a control. The device may take a value near to it.
	// It fails with media.ErrAbsent while the source is closed.
	SetControl(name string, value media.ControlValue) error

	// WatchControls calls changed when a control has changed, also by another program,
	// until ctx ends or the device is lost. It blocks.
	WatchControls(ctx context.Context, changed func()) error
}
