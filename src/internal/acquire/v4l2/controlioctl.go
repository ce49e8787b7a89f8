package v4l2

// #include <linux/videodev2.h>
import "C"

import (
	"encoding/binary"
	"errors"
	"runtime"
	"unsafe"

	"av_capture/src/internal/acquire/v4l2/control"

	"golang.org/x/sys/unix"
)

var _ control.Device = (*device)(nil)

// NextControl implements [control.Device].
func (d *device) NextControl(above control.ID) (control.Raw, error) {
	return d.queryControl(C.__u32(above) | C.V4L2_CTRL_FLAG_NEXT_CTRL)
}

// Control implements [control.Device].
func (d *device) Control(id control.ID) (control.Raw, error) { return d.queryControl(C.__u32(id)) }

// queryControl describes the control with a number, or the next one by V4L2's flag.
func (d *device) queryControl(id C.__u32) (control.Raw, error) {
	var q C.struct_v4l2_query_ext_ctrl
	q.id = id
	if err := d.ioctl(C.VIDIOC_QUERY_EXT_CTRL, unsafe.Pointer(&q)); err != nil {
		return control.Raw{}, err
	}
	label := make([]byte, 0, len(q.name))
	for _, char := range q.name {
		if char == 0 {
			break
		}
		label = append(label, byte(char))
	}
	return control.Raw{
		ID:      control.ID(q.id),
		Type:    uint32(q._type),
		Label:   string(label),
		Min:     int64(q.minimum),
		Max:     int64(q.maximum),
		Step:    uint64(q.step),
		Default: int64(q.default_value),
		Flags:   uint32(q.flags),
		Size:    uint32(q.elem_size) * uint32(q.elems),
	}, nil
}

// MenuItem implements [control.Device].
func (d *device) MenuItem(id control.ID, index int64) (text string, number int64, err error) {
	var m C.struct_v4l2_querymenu
	m.id, m.index = C.__u32(id), C.__u32(index)
	if err := d.ioctl(C.VIDIOC_QUERYMENU, unsafe.Pointer(&m)); err != nil {
		return "", 0, err
	}
	// A union of 32 bytes of text and a number follows id and index. The struct is
	// packed, so that cgo has no field for it.
	union := unsafe.Slice((*C.__u8)(unsafe.Add(unsafe.Pointer(&m), 8)), 32)
	return cString(union), int64(binary.NativeEndian.Uint64(unsafe.Slice((*byte)(&union[0]), 8))), nil
}

// extControl is struct v4l2_ext_control, which cgo cannot express since it is packed.
type extControl [20]byte

// exchange makes a request for one control. text holds the value of a control with a
// payload, and room for it.
func (d *device) exchange(request uintptr, c *control.Raw, number int64, text []byte) (int64, error) {
	var pinner runtime.Pinner
	defer pinner.Unpin()
	ext := new(extControl)
	pinner.Pin(ext)
	binary.NativeEndian.PutUint32(ext[0:], uint32(c.ID))
	switch {
	case c.Flags&control.FlagPayload != 0:
		pinner.Pin(&text[0])
		binary.NativeEndian.PutUint32(ext[4:], uint32(len(text)))
		binary.NativeEndian.PutUint64(ext[12:], uint64(uintptr(unsafe.Pointer(&text[0]))))
	case c.Type == control.TypeInteger64:
		binary.NativeEndian.PutUint64(ext[12:], uint64(number))
	default:
		binary.NativeEndian.PutUint32(ext[12:], uint32(number))
	}
	controls := new(C.struct_v4l2_ext_controls)
	controls.count = 1
	controls.controls = (*C.struct_v4l2_ext_control)(unsafe.Pointer(ext))
	if err := d.ioctl(request, unsafe.Pointer(controls)); err != nil {
		return 0, err
	}
	switch {
	case c.Type == control.TypeInteger64:
		return int64(binary.NativeEndian.Uint64(ext[12:])), nil
	case c.Type == control.TypeBitmask:
		return int64(binary.NativeEndian.Uint32(ext[12:])), nil
	}
	return int64(int32(binary.NativeEndian.Uint32(ext[12:]))), nil
}

// Value implements [control.Device].
func (d *device) Value(c *control.Raw) (number int64, text string, err error) {
	var buffer []byte
	if c.Flags&control.FlagPayload != 0 {
		buffer = make([]byte, max(1, c.Size))
	}
	number, err = d.exchange(C.VIDIOC_G_EXT_CTRLS, c, 0, buffer)
	if err != nil || buffer == nil {
		return number, "", err
	}
	return 0, unix.ByteSliceToString(buffer), nil
}

// SetValue implements [control.Device].
func (d *device) SetValue(c *control.Raw, number int64, text string) error {
	var buffer []byte
	if c.Flags&control.FlagPayload != 0 {
		buffer = append([]byte(text), 0)
	}
	_, err := d.exchange(C.VIDIOC_S_EXT_CTRLS, c, number, buffer)
	return err
}

// subscribe has the driver queue an event at each change of a control.
func (d *device) subscribe(id control.ID) error {
	var s C.struct_v4l2_event_subscription
	s._type = C.V4L2_EVENT_CTRL
	s.id = C.__u32(id)
	return d.ioctl(C.VIDIOC_SUBSCRIBE_EVENT, unsafe.Pointer(&s))
}

// drain takes all events from the queue, and reports whether there were any.
func (d *device) drain() (any bool, err error) {
	for {
		var e C.struct_v4l2_event
		switch err := d.ioctl(C.VIDIOC_DQEVENT, unsafe.Pointer(&e)); {
		case errors.Is(err, unix.ENOENT):
			return any, nil
		case err != nil:
			return any, err
		}
		any = true
	}
}
