package acquire

import "context"

// ControlKind is the type of a control's value.
type ControlKind int

// The kinds of controls.
const (
	ControlInteger ControlKind = iota
	ControlBool                // 0 or 1
	ControlMenu                // the index of one of Menu
	ControlBitmask             // bits that are all in Max
	ControlText
	ControlButton // writing anything presses it; it has no value
)

// Control is something that can be set on an open device, such as its
// brightness.
type Control struct {
	Name  string // snake_case, unique in the device
	Label string // in the driver's words
	Kind  ControlKind

	Min, Max, Step int64 // of the value, or of the length of a text [bytes]; a Step of 0 is none
	Default        ControlValue
	Menu           []MenuItem // of ControlMenu, in the order of their indices

	Automatic bool   // says whether the device sets another control by itself
	RuledBy   string // the control that has this one set by the device itself; empty for most

	ReadOnly bool
	Inactive bool         // has no effect now, mostly because of RuledBy
	Volatile bool         // changes by itself, without notice
	Value    ControlValue // now
}

// MenuItem is a choice of a menu.
type MenuItem struct {
	Index int64
	Text  string // in the driver's words
}

// ControlValue is the value of a control: Text of a ControlText, Number of all
// others.
type ControlValue struct {
	Number int64
	Text   string
}

// Controlled is a source whose device has controls. Its methods may be called by
// any goroutine, and block for as long as the device takes to answer.
type Controlled interface {
	// Controls returns the controls of the open device, with their values. A
	// source that is not open has none, and ErrAbsent.
	Controls() ([]Control, error)

	// OtherControls returns the labels of those that Control cannot express. A
	// source that is not open has none.
	OtherControls() []string

	// SetControl changes the value of a control. The device may take a value
	// near to it. It fails with ErrAbsent on a source that is not open.
	SetControl(name string, value ControlValue) error

	// WatchControls calls changed when somebody, another program too, has
	// changed a control, until ctx ends or the device is lost. It blocks.
	WatchControls(ctx context.Context, changed func()) error
}
