package webcam

// #include <linux/videodev2.h>
import "C"

import (
	"encoding/binary"
	"errors"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// controlID is V4L2's number of a control.
type controlID uint32

// rawControl is what VIDIOC_QUERY_EXT_CTRL says of a control.
type rawControl struct {
	id         controlID
	kind       uint32 // V4L2_CTRL_TYPE_…
	label      string
	min, max   int64
	step       uint64
	defaultsTo int64
	flags      uint32 // V4L2_CTRL_FLAG_…
	size       uint32 // [bytes] of the value
}

// The kinds and flags that matter, in Go's types.
const (
	typeInteger     = C.V4L2_CTRL_TYPE_INTEGER
	typeBoolean     = C.V4L2_CTRL_TYPE_BOOLEAN
	typeMenu        = C.V4L2_CTRL_TYPE_MENU
	typeButton      = C.V4L2_CTRL_TYPE_BUTTON
	typeInteger64   = C.V4L2_CTRL_TYPE_INTEGER64
	typeString      = C.V4L2_CTRL_TYPE_STRING
	typeBitmask     = C.V4L2_CTRL_TYPE_BITMASK
	typeIntegerMenu = C.V4L2_CTRL_TYPE_INTEGER_MENU
	typeTitle       = C.V4L2_CTRL_TYPE_CTRL_CLASS

	flagDisabled  = C.V4L2_CTRL_FLAG_DISABLED
	flagGrabbed   = C.V4L2_CTRL_FLAG_GRABBED
	flagReadOnly  = C.V4L2_CTRL_FLAG_READ_ONLY
	flagInactive  = C.V4L2_CTRL_FLAG_INACTIVE
	flagWriteOnly = C.V4L2_CTRL_FLAG_WRITE_ONLY
	flagVolatile  = C.V4L2_CTRL_FLAG_VOLATILE
	flagPayload   = C.V4L2_CTRL_FLAG_HAS_PAYLOAD
)

// controlDevice is what a panel needs of a device. A node is one.
type controlDevice interface {
	// nextControl describes the control with the lowest number above one, or
	// fails with EINVAL after the last.
	nextControl(above controlID) (rawControl, error)
	// menuItem returns the text or, of an integer menu, the number of a menu's
	// item, or fails with EINVAL where there is none.
	menuItem(id controlID, index int64) (text string, number int64, err error)
	get(c *rawControl) (number int64, text string, err error)
	set(c *rawControl, number int64, text string) error
}

func (n *node) nextControl(above controlID) (rawControl, error) {
	var q C.struct_v4l2_query_ext_ctrl
	q.id = C.__u32(above) | C.V4L2_CTRL_FLAG_NEXT_CTRL
	if err := n.ioctl(C.VIDIOC_QUERY_EXT_CTRL, unsafe.Pointer(&q)); err != nil {
		return rawControl{}, err
	}
	label := make([]byte, 0, len(q.name))
	for _, char := range q.name {
		if char == 0 {
			break
		}
		label = append(label, byte(char))
	}
	return rawControl{
		id:         controlID(q.id),
		kind:       uint32(q._type),
		label:      string(label),
		min:        int64(q.minimum),
		max:        int64(q.maximum),
		step:       uint64(q.step),
		defaultsTo: int64(q.default_value),
		flags:      uint32(q.flags),
		size:       uint32(q.elem_size) * uint32(q.elems),
	}, nil
}

func (n *node) menuItem(id controlID, index int64) (text string, number int64, err error) {
	var m C.struct_v4l2_querymenu
	m.id, m.index = C.__u32(id), C.__u32(index)
	if err := n.ioctl(C.VIDIOC_QUERYMENU, unsafe.Pointer(&m)); err != nil {
		return "", 0, err
	}
	// A union of 32 bytes of text and a number. The struct is packed, so that
	// cgo has no field for it: it is behind id and index.
	union := unsafe.Slice((*C.__u8)(unsafe.Add(unsafe.Pointer(&m), 8)), 32)
	return cString(union), int64(binary.NativeEndian.Uint64(unsafe.Slice((*byte)(&union[0]), 8))), nil
}

// extControl is struct v4l2_ext_control, which is packed: cgo cannot express it.
type extControl [20]byte

// exchange makes a request for one control. Its text, of a control that has one,
// is in C's memory or pinned.
func (n *node) exchange(request uintptr, c *rawControl, number int64, text []byte) (int64, error) {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	control := new(extControl)
	pinner.Pin(control)
	binary.NativeEndian.PutUint32(control[0:], uint32(c.id))
	switch {
	case c.flags&flagPayload != 0:
		pinner.Pin(&text[0])
		binary.NativeEndian.PutUint32(control[4:], uint32(len(text)))
		binary.NativeEndian.PutUint64(control[12:], uint64(uintptr(unsafe.Pointer(&text[0]))))
	case c.kind == typeInteger64:
		binary.NativeEndian.PutUint64(control[12:], uint64(number))
	default:
		binary.NativeEndian.PutUint32(control[12:], uint32(number))
	}
	controls := new(C.struct_v4l2_ext_controls)
	controls.count = 1
	controls.controls = (*C.struct_v4l2_ext_control)(unsafe.Pointer(control))
	if err := n.ioctl(request, unsafe.Pointer(controls)); err != nil {
		return 0, err
	}
	switch {
	case c.kind == typeInteger64:
		return int64(binary.NativeEndian.Uint64(control[12:])), nil
	case c.kind == typeBitmask:
		return int64(binary.NativeEndian.Uint32(control[12:])), nil
	}
	return int64(int32(binary.NativeEndian.Uint32(control[12:]))), nil
}

func (n *node) get(c *rawControl) (number int64, text string, err error) {
	var buffer []byte
	if c.flags&flagPayload != 0 {
		buffer = make([]byte, max(1, c.size))
	}
	number, err = n.exchange(C.VIDIOC_G_EXT_CTRLS, c, 0, buffer)
	if err != nil || buffer == nil {
		return number, "", err
	}
	return 0, unix.ByteSliceToString(buffer), nil
}

func (n *node) set(c *rawControl, number int64, text string) error {
	var buffer []byte
	if c.flags&flagPayload != 0 {
		buffer = append([]byte(text), 0)
	}
	_, err := n.exchange(C.VIDIOC_S_EXT_CTRLS, c, number, buffer)
	return err
}

// subscribe has changes of a control noted in the node's queue of events.
func (n *node) subscribe(id controlID) error {
	var s C.struct_v4l2_event_subscription
	s._type = C.V4L2_EVENT_CTRL
	s.id = C.__u32(id)
	return n.ioctl(C.VIDIOC_SUBSCRIBE_EVENT, unsafe.Pointer(&s))
}

// drain takes all events from the node's queue and says whether there were any.
func (n *node) drain() (any bool, err error) {
	for {
		var e C.struct_v4l2_event
		switch err := n.ioctl(C.VIDIOC_DQEVENT, unsafe.Pointer(&e)); {
		case errors.Is(err, unix.ENOENT):
			return any, nil
		case err != nil:
			return any, err
		}
		any = true
	}
}
