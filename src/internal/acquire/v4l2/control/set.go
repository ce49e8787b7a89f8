package control

// #include <linux/videodev2.h>
import "C"

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

// autoControls maps a control that a device may set by itself to the control that turns this
// on.
var autoControls = map[ID]ID{
	C.V4L2_CID_BRIGHTNESS:                C.V4L2_CID_AUTOBRIGHTNESS,
	C.V4L2_CID_HUE:                       C.V4L2_CID_HUE_AUTO,
	C.V4L2_CID_GAIN:                      C.V4L2_CID_AUTOGAIN,
	C.V4L2_CID_CHROMA_GAIN:               C.V4L2_CID_CHROMA_AGC,
	C.V4L2_CID_WHITE_BALANCE_TEMPERATURE: C.V4L2_CID_AUTO_WHITE_BALANCE,
	C.V4L2_CID_RED_BALANCE:               C.V4L2_CID_AUTO_WHITE_BALANCE,
	C.V4L2_CID_BLUE_BALANCE:              C.V4L2_CID_AUTO_WHITE_BALANCE,
	C.V4L2_CID_EXPOSURE_ABSOLUTE:         C.V4L2_CID_EXPOSURE_AUTO,
	C.V4L2_CID_EXPOSURE:                  C.V4L2_CID_EXPOSURE_AUTO,
	C.V4L2_CID_IRIS_ABSOLUTE:             C.V4L2_CID_EXPOSURE_AUTO,
	C.V4L2_CID_FOCUS_ABSOLUTE:            C.V4L2_CID_FOCUS_AUTO,
	C.V4L2_CID_ISO_SENSITIVITY:           C.V4L2_CID_ISO_SENSITIVITY_AUTO,
}

// Set is the controls of an open device. Any goroutine may use it.
type Set struct {
	mu     sync.RWMutex // held for reading during requests, against Close
	device Device       // nil once closed

	known map[string]Raw // by the name of the parameter; never changes
	names []string       // in the device's order

	others []string // labels of the controls that cannot be expressed; never changes
	silent []string // controls that the device did not answer for; never changes
}

// New lists the controls of a device. It leaves out those that the device does not answer for:
// some USB cameras stall at single requests, for a moment or always. It fails if the device
// answers for none.
func New(device Device) (*Set, error) {
	s := &Set{device: device, known: map[string]Raw{}}
	var all []Raw
	var stall error // the first one
	for above := ID(0); ; {
		c, err := device.NextControl(above)
		if err != nil && !ended(err) && !errors.Is(err, unix.ENODEV) {
			var silent error
			if c, silent, err = following(device, above); silent != nil {
				s.silent = append(s.silent, fmt.Sprintf("0x%08x (%v)", uint32(c.ID), silent))
				above, stall = c.ID, cmp.Or(stall, silent)
				continue
			}
		}
		if ended(err) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("list the controls: %w", err)
		}
		above = c.ID
		switch {
		case c.Flags&FlagDisabled != 0 || c.Type == TypeTitle:
		case expressible(&c):
			all = append(all, c)
		default:
			s.others = append(s.others, c.Label)
		}
	}
	if len(all) == 0 && stall != nil {
		return nil, fmt.Errorf("list the controls: %w", stall)
	}
	names := nameControls(all)
	for i, name := range names {
		s.known[name] = all[i]
	}
	s.names = names
	return s, nil
}

// ended reports whether the error of NextControl means that there are no more controls, as of
// a device without any.
func ended(err error) bool { return errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTTY) }

// following finds the next control above a number after NextControl has failed, which does not
// say for which control: it asks for each number that may be one. silent is the error of a
// control, known by its ID alone, that the device does not answer for.
func following(device Device, above ID) (c Raw, silent, err error) {
	const (
		user, last = 0x98, 0xa5 // V4L2_CTRL_CLASS_… >> 16
		size       = 0x200      // numbers of a class, from 0x900 on; drivers' own are beyond
		first      = 0x900
	)
	for class := max(user, above>>16); class <= last; class++ {
		from := class<<16 | first
		for id := max(from, above+1); id < from+size; id++ {
			switch c, err := device.Control(id); {
			case err == nil:
				return c, nil, nil
			case errors.Is(err, unix.ENODEV):
				return c, nil, err
			case !ended(err):
				return Raw{ID: id}, err, nil
			}
		}
	}
	return Raw{}, nil, unix.EINVAL
}

// expressible reports whether a media.ControlKind can express a control's value.
//
// Arrays, matrices and structs (V4L2_CTRL_FLAG_HAS_PAYLOAD) are left out: a parameter can
// be a list of numbers, but lacks the shape of a matrix and the limits of its elements.
// Webcams have none; codecs and image processors do. The node lists them in the log at
// level debug.
func expressible(c *Raw) bool {
	_, ok := kinds[c.Type]
	return ok && (c.Type == TypeString || c.Flags&FlagPayload == 0)
}

var kinds = map[uint32]media.ControlKind{
	TypeInteger:     media.ControlInteger,
	TypeInteger64:   media.ControlInteger,
	TypeBoolean:     media.ControlBool,
	TypeMenu:        media.ControlMenu,
	TypeIntegerMenu: media.ControlMenu,
	TypeBitmask:     media.ControlBitmask,
	TypeString:      media.ControlText,
	TypeButton:      media.ControlButton,
}

// Controls returns the controls with their present values. Once closed it fails with
// media.ErrAbsent.
func (s *Set) Controls() ([]media.Control, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.device == nil {
		return nil, media.ErrAbsent
	}
	byID := map[ID]string{}
	for name, c := range s.known {
		byID[c.ID] = name
	}
	var controls []media.Control
	for _, name := range s.names {
		// Flags and ranges may have changed.
		c, err := s.device.Control(s.known[name].ID)
		if errors.Is(err, unix.ENODEV) {
			return nil, fmt.Errorf("ask for control %s: %w", name, reason(err))
		}
		if err != nil {
			c = s.known[name] // the others have an answer
		}
		control, err := s.describe(name, &c)
		if err != nil {
			return nil, err
		}
		control.AutoBy = byID[autoControls[c.ID]]
		for id, auto := range autoControls {
			if _, has := byID[id]; has && auto == c.ID {
				control.Automatic = true
			}
		}
		controls = append(controls, control)
	}
	return controls, nil
}

// describe translates a control, and reads its value.
func (s *Set) describe(name string, c *Raw) (media.Control, error) {
	control := media.Control{
		Name: name, Label: c.Label, Kind: kinds[c.Type],
		Min: c.Min, Max: c.Max, Step: int64(min(c.Step, math.MaxInt64)),
		Default:  media.ControlValue{Number: c.Default},
		ReadOnly: c.Flags&FlagReadOnly != 0,
		Inactive: c.Flags&FlagInactive != 0,
		Volatile: c.Flags&FlagVolatile != 0,
	}
	if control.Kind == media.ControlMenu {
		for index := c.Min; index <= c.Max; index++ {
			text, number, err := s.device.MenuItem(c.ID, index)
			if err != nil {
				continue // a menu may have holes
			}
			if c.Type == TypeIntegerMenu {
				text = fmt.Sprint(number)
			}
			control.Menu = append(control.Menu, media.MenuItem{Index: index, Text: text})
		}
	}
	if control.Kind == media.ControlBitmask {
		control.Min, control.Max, control.Step = 0, int64(uint32(c.Max)), 0
		control.Default.Number = int64(uint32(c.Default))
	}
	if c.Flags&FlagWriteOnly == 0 && control.Kind != media.ControlButton {
		var err error
		if control.Value.Number, control.Value.Text, err = s.device.Value(c); err != nil {
			if errors.Is(err, unix.ENODEV) {
				return control, fmt.Errorf("read control %s: %w", name, reason(err))
			}
			// Some cameras cannot read a value back.
			control.Value = control.Default
		}
	}
	if c.ID == C.V4L2_CID_EXPOSURE_AUTO {
		control.Value.Number = automaticExposure(control.Value.Number)
		control.Default.Number = automaticExposure(control.Default.Number)
		control.Kind, control.Menu, control.Min, control.Max = media.ControlBool, nil, 0, 1
	}
	return control, nil
}

// automaticExposure returns 1 if one of the menu's modes sets the exposure time by itself,
// else 0.
func automaticExposure(mode int64) int64 {
	if mode == C.V4L2_EXPOSURE_AUTO || mode == C.V4L2_EXPOSURE_APERTURE_PRIORITY {
		return 1
	}
	return 0
}

// exposureMode returns the device's mode of automatic or of manual exposure.
func (s *Set) exposureMode(c *Raw, automatic bool) (int64, error) {
	modes := []int64{C.V4L2_EXPOSURE_MANUAL, C.V4L2_EXPOSURE_SHUTTER_PRIORITY}
	if automatic {
		// The first sets the iris too, which few cameras have.
		modes = []int64{C.V4L2_EXPOSURE_AUTO, C.V4L2_EXPOSURE_APERTURE_PRIORITY}
	}
	for _, mode := range modes {
		if _, _, err := s.device.MenuItem(c.ID, mode); err == nil {
			return mode, nil
		}
	}
	return 0, errors.New("the camera has no such mode")
}

// Change changes the value of a control. Once closed it fails with media.ErrAbsent. A request
// that stalls is made once more: some cameras do so once, when they have just been plugged in.
func (s *Set) Change(name string, value media.ControlValue) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.device == nil {
		return media.ErrAbsent
	}
	c, ok := s.known[name]
	if !ok {
		return fmt.Errorf("the camera has no control %s", name)
	}
	var now Raw
	err := again(func() (err error) {
		now, err = s.device.Control(c.ID)
		return err
	})
	switch {
	case err != nil:
		return reason(err)
	case now.Flags&FlagInactive != 0:
		return s.inactive(name, c.ID)
	case now.Flags&FlagGrabbed != 0:
		return reason(unix.EBUSY)
	}
	if c.ID == C.V4L2_CID_EXPOSURE_AUTO {
		if value.Number, err = s.exposureMode(&c, value.Number != 0); err != nil {
			return err
		}
	}
	if err := again(func() error { return s.device.SetValue(&c, value.Number, value.Text) }); err != nil {
		return reason(err)
	}
	return nil
}

// again makes a request, and makes it once more if the device does not answer. uvcvideo has
// EBUSY for a device that is not ready, and EIO or EPIPE for a stall without a reason.
func again(request func() error) error {
	err := request()
	if errors.Is(err, unix.EIO) || errors.Is(err, unix.EPIPE) || errors.Is(err, unix.EBUSY) {
		err = request()
	}
	return err
}

// inactive returns the error of a control without effect.
func (s *Set) inactive(name string, id ID) error {
	for auto, c := range s.known {
		if c.ID == autoControls[id] {
			return fmt.Errorf("%s is inactive as long as the camera sets it by itself: set %s to false first", name, auto)
		}
	}
	return fmt.Errorf("%s is inactive in the camera's present state", name)
}

// reason explains an error of a request for a control.
func reason(err error) error {
	switch {
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("the driver refuses the value: %w", err)
	case errors.Is(err, unix.ERANGE):
		return fmt.Errorf("the value is out of the driver's range: %w", err)
	case errors.Is(err, unix.EBUSY):
		return fmt.Errorf("it cannot be changed now, while images are captured or another program has the control: %w", err)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("it is read-only, or inactive in the camera's present state: %w", err)
	case errors.Is(err, unix.EIO), errors.Is(err, unix.ETIMEDOUT), errors.Is(err, unix.EPIPE):
		return fmt.Errorf("the camera does not take it: %w", err)
	case errors.Is(err, unix.ENODEV):
		return fmt.Errorf("%w: %w", err, media.ErrAbsent)
	}
	return err
}

// Close waits for requests that are under way; further ones fail. It may be called again.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.device = nil
}

// Others returns the labels of the device's controls that media.Control cannot express.
func (s *Set) Others() []string { return s.others }

// Silent returns the controls that the device did not answer for, each by its number and the
// error.
func (s *Set) Silent() []string { return s.silent }

// IDs returns the numbers of all controls, ordered.
func (s *Set) IDs() []ID {
	var ids []ID
	for _, c := range s.known {
		ids = append(ids, c.ID)
	}
	slices.SortFunc(ids, cmp.Compare[ID])
	return ids
}
