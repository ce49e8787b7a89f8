package media

// ControlKind is the type of a control's value.
type ControlKind int

// The kinds of controls.
const (
	ControlInteger ControlKind = iota
	ControlBool                // 0 or 1
	ControlMenu                // the index of one of Menu
	ControlBitmask             // bits that are all in Max
	ControlText
	ControlButton // any write presses it; it has no value
)

// Control is a setting of an open device, such as its brightness.
type Control struct {
	Name  string // snake_case, unique in the device
	Label string // in the driver's words
	Kind  ControlKind

	Min, Max, Step int64 // of the value, or of the length of a text [bytes]; Step is 0 if there is none
	Default        ControlValue
	Menu           []MenuItem // of ControlMenu, in the order of their indices

	Automatic bool   // it has the device set another control by itself
	AutoBy    string // the automatic control that has the device set this one; empty for most

	ReadOnly bool
	Inactive bool         // it has no effect now, mostly because of AutoBy
	Volatile bool         // it changes by itself, without an event
	Value    ControlValue // the present one
}

// MenuItem is a choice of a menu.
type MenuItem struct {
	Index int64
	Text  string // in the driver's words
}

// ControlValue is the value of a control: Text for ControlText, Number for all others.
type ControlValue struct {
	Number int64
	Text   string
}

// UsualControls are usb_cam's names of controls, which devices' controls of the same meaning
// have here, too. Parameter files made for usb_cam set them for every camera, whether it has
// them or not.
var UsualControls = []string{
	"brightness", "contrast", "saturation", "sharpness", "gain", "auto_white_balance",
	"white_balance", "autoexposure", "exposure", "autofocus", "focus",
}
