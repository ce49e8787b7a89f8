package control

// #include <linux/videodev2.h>
import "C"

// ID is V4L2's number of a control, V4L2_CID_….
type ID uint32

// Raw is a control as VIDIOC_QUERY_EXT_CTRL describes it.
type Raw struct {
	ID       ID
	Type     uint32 // V4L2_CTRL_TYPE_…
	Label    string
	Min, Max int64
	Step     uint64
	Default  int64
	Flags    uint32 // V4L2_CTRL_FLAG_…
	Size     uint32 // [bytes] of the value
}

// The types and flags that matter.
const (
	TypeInteger     = C.V4L2_CTRL_TYPE_INTEGER
	TypeBoolean     = C.V4L2_CTRL_TYPE_BOOLEAN
	TypeMenu        = C.V4L2_CTRL_TYPE_MENU
	TypeButton      = C.V4L2_CTRL_TYPE_BUTTON
	TypeInteger64   = C.V4L2_CTRL_TYPE_INTEGER64
	TypeString      = C.V4L2_CTRL_TYPE_STRING
	TypeBitmask     = C.V4L2_CTRL_TYPE_BITMASK
	TypeIntegerMenu = C.V4L2_CTRL_TYPE_INTEGER_MENU
	TypeTitle       = C.V4L2_CTRL_TYPE_CTRL_CLASS

	FlagDisabled  = C.V4L2_CTRL_FLAG_DISABLED
	FlagGrabbed   = C.V4L2_CTRL_FLAG_GRABBED
	FlagReadOnly  = C.V4L2_CTRL_FLAG_READ_ONLY
	FlagInactive  = C.V4L2_CTRL_FLAG_INACTIVE
	FlagWriteOnly = C.V4L2_CTRL_FLAG_WRITE_ONLY
	FlagVolatile  = C.V4L2_CTRL_FLAG_VOLATILE
	FlagPayload   = C.V4L2_CTRL_FLAG_HAS_PAYLOAD
)

// Device is a device that has controls. Its methods block for as long as the driver takes.
type Device interface {
	// NextControl describes the control with the lowest number above one. It fails with
	// EINVAL after the last.
	NextControl(above ID) (Raw, error)

	// Control describes the control with a number. It fails with EINVAL if there is none.
	Control(id ID) (Raw, error)

	// MenuItem returns the text of a menu's item, or the number in an integer menu. It
	// fails with EINVAL if there is no such item.
	MenuItem(id ID, index int64) (text string, number int64, err error)

	// Value returns the value of a control: text of a string, number of all others.
	Value(c *Raw) (number int64, text string, err error)

	// SetValue sets the value of a control.
	SetValue(c *Raw, number int64, text string) error
}
