package webcam

// #include <linux/videodev2.h>
import "C"

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
)

// usualNames are usb_cam's names of the controls that it names. Of two controls
// with one name the first one that a device has gets it.
var usualNames = []struct {
	id   controlID
	name string
}{
	{C.V4L2_CID_BRIGHTNESS, "brightness"},
	{C.V4L2_CID_CONTRAST, "contrast"},
	{C.V4L2_CID_SATURATION, "saturation"},
	{C.V4L2_CID_SHARPNESS, "sharpness"},
	{C.V4L2_CID_GAIN, "gain"},
	{C.V4L2_CID_AUTO_WHITE_BALANCE, "auto_white_balance"},
	{C.V4L2_CID_WHITE_BALANCE_TEMPERATURE, "white_balance"},
	{C.V4L2_CID_EXPOSURE_AUTO, "autoexposure"},
	{C.V4L2_CID_EXPOSURE_ABSOLUTE, "exposure"},
	{C.V4L2_CID_EXPOSURE, "exposure"},
	{C.V4L2_CID_FOCUS_AUTO, "autofocus"},
	{C.V4L2_CID_FOCUS_ABSOLUTE, "focus"},
}

// rulers names, for a control that a device may set by itself, the control that
// says whether it does.
var rulers = map[controlID]controlID{
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

// panel holds the controls of one open device, by a descriptor of its own, so
// that neither images nor their format are touched. Any goroutine may use it.
type panel struct {
	mu      sync.RWMutex  // held for reading while the device is asked, against close
	device  controlDevice // nil once closed
	release func()

	known map[string]rawControl // by the name of the parameter; never changes
	names []string              // in the device's order

	others []string // labels of the controls that cannot be expressed; never changes
}

// newPanel asks a device which controls it has. release gives it back.
func newPanel(device controlDevice, release func()) (*panel, error) {
	p := &panel{device: device, release: release, known: map[string]rawControl{}}
	var all []rawControl
	for above := controlID(0); ; {
		c, err := device.nextControl(above)
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOTTY) {
			break // the last one, or a device without controls
		}
		if err != nil {
			return nil, fmt.Errorf("list the controls: %w", err)
		}
		above = c.id
		switch {
		case c.flags&flagDisabled != 0 || c.kind == typeTitle:
		case expressible(&c):
			all = append(all, c)
		default:
			p.others = append(p.others, c.label)
		}
	}
	names := nameControls(all)
	for i, name := range names {
		p.known[name] = all[i]
	}
	p.names = names
	return p, nil
}

// openPanel opens a descriptor for the controls of a node.
func openPanel(path string) (*panel, error) {
	n, err := openNode(path)
	if err != nil {
		return nil, err
	}
	p, err := newPanel(n, n.close)
	if err != nil {
		n.close()
	}
	return p, err
}

// expressible says whether a control's value can be expressed by one of
// acquire.ControlKind.
//
// Arrays, matrices and structs (V4L2_CTRL_FLAG_HAS_PAYLOAD) cannot. They are left
// out on purpose: ROS could say the arrays of numbers as lists, but not the shape
// of a matrix nor the limits of its elements. Webcams have none: they are for
// codecs and for the stages of image processors. The node names them in the log at
// level debug.
func expressible(c *rawControl) bool {
	_, ok := kinds[c.kind]
	return ok && (c.kind == typeString || c.flags&flagPayload == 0)
}

var kinds = map[uint32]acquire.ControlKind{
	typeInteger:     acquire.ControlInteger,
	typeInteger64:   acquire.ControlInteger,
	typeBoolean:     acquire.ControlBool,
	typeMenu:        acquire.ControlMenu,
	typeIntegerMenu: acquire.ControlMenu,
	typeBitmask:     acquire.ControlBitmask,
	typeString:      acquire.ControlText,
	typeButton:      acquire.ControlButton,
}

// nameControls returns a name for each control, usb_cam's or made of the
// driver's words. No two are the same.
func nameControls(all []rawControl) []string {
	names := make([]string, len(all))
	taken := map[string]bool{}
	for _, usual := range usualNames {
		i := slices.IndexFunc(all, func(c rawControl) bool { return c.id == usual.id })
		if i >= 0 && !taken[usual.name] {
			names[i], taken[usual.name] = usual.name, true
		}
	}
	for i := range all {
		if names[i] != "" {
			continue
		}
		base := snakeCase(all[i].label)
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		names[i], taken[name] = name, true
	}
	return names
}

var separators = regexp.MustCompile(`[^a-z0-9]+`)

// snakeCase makes a name of a label by v4l2-ctl's rule: "Power Line Frequency"
// is power_line_frequency, and "White Balance, Automatic" white_balance_automatic.
func snakeCase(label string) string {
	name := strings.Trim(separators.ReplaceAllString(strings.ToLower(label), "_"), "_")
	if name == "" || name[0] <= '9' {
		name = "control_" + name // a parameter's name does not begin with a digit
	}
	return strings.TrimSuffix(name, "_")
}

// controls returns the controls with their present values.
func (p *panel) controls() ([]acquire.Control, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.device == nil {
		return nil, acquire.ErrAbsent
	}
	byID := map[controlID]string{}
	for name, c := range p.known {
		byID[c.id] = name
	}
	var controls []acquire.Control
	for _, name := range p.names {
		// Anew, since flags and ranges change.
		c, err := p.device.nextControl(p.known[name].id - 1)
		if err == nil && c.id != p.known[name].id {
			err = unix.EINVAL
		}
		if err != nil {
			return nil, fmt.Errorf("ask for control %s: %w", name, reason(err))
		}
		control, err := p.describe(name, &c)
		if err != nil {
			return nil, err
		}
		control.RuledBy = byID[rulers[c.id]]
		for ruled, ruler := range rulers {
			if _, has := byID[ruled]; has && ruler == c.id {
				control.Automatic = true
			}
		}
		controls = append(controls, control)
	}
	return controls, nil
}

// describe translates what the driver says of a control, and reads its value.
func (p *panel) describe(name string, c *rawControl) (acquire.Control, error) {
	control := acquire.Control{
		Name: name, Label: c.label, Kind: kinds[c.kind],
		Min: c.min, Max: c.max, Step: int64(min(c.step, math.MaxInt64)),
		Default:  acquire.ControlValue{Number: c.defaultsTo},
		ReadOnly: c.flags&flagReadOnly != 0,
		Inactive: c.flags&flagInactive != 0,
		Volatile: c.flags&flagVolatile != 0,
	}
	if control.Kind == acquire.ControlMenu {
		for index := c.min; index <= c.max; index++ {
			text, number, err := p.device.menuItem(c.id, index)
			if err != nil {
				continue // a menu may have holes
			}
			if c.kind == typeIntegerMenu {
				text = fmt.Sprint(number)
			}
			control.Menu = append(control.Menu, acquire.MenuItem{Index: index, Text: text})
		}
	}
	if control.Kind == acquire.ControlBitmask {
		control.Min, control.Max, control.Step = 0, int64(uint32(c.max)), 0
		control.Default.Number = int64(uint32(c.defaultsTo))
	}
	if c.flags&flagWriteOnly == 0 && control.Kind != acquire.ControlButton {
		var err error
		if control.Value.Number, control.Value.Text, err = p.device.get(c); err != nil {
			if errors.Is(err, unix.ENODEV) {
				return control, fmt.Errorf("read control %s: %w", name, reason(err))
			}
			// Some cameras cannot tell what they have been told.
			control.Value = control.Default
		}
	}
	if c.id == C.V4L2_CID_EXPOSURE_AUTO {
		control.Value.Number = automaticExposure(control.Value.Number)
		control.Default.Number = automaticExposure(control.Default.Number)
		control.Kind, control.Menu, control.Min, control.Max = acquire.ControlBool, nil, 0, 1
	}
	return control, nil
}

// automaticExposure says, as 0 or 1, whether one of the menu's modes sets the
// exposure time by itself.
func automaticExposure(mode int64) int64 {
	if mode == C.V4L2_EXPOSURE_AUTO || mode == C.V4L2_EXPOSURE_APERTURE_PRIORITY {
		return 1
	}
	return 0
}

// exposureMode returns the mode of a device that has the exposure time set by
// itself, or not.
func (p *panel) exposureMode(c *rawControl, automatic bool) (int64, error) {
	modes := []int64{C.V4L2_EXPOSURE_MANUAL, C.V4L2_EXPOSURE_SHUTTER_PRIORITY}
	if automatic {
		// The first sets the iris too, which few cameras have.
		modes = []int64{C.V4L2_EXPOSURE_AUTO, C.V4L2_EXPOSURE_APERTURE_PRIORITY}
	}
	for _, mode := range modes {
		if _, _, err := p.device.menuItem(c.id, mode); err == nil {
			return mode, nil
		}
	}
	return 0, errors.New("the camera has no such mode")
}

// set changes a control.
func (p *panel) set(name string, value acquire.ControlValue) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.device == nil {
		return acquire.ErrAbsent
	}
	c, ok := p.known[name]
	if !ok {
		return fmt.Errorf("the camera has no control %s", name)
	}
	now, err := p.device.nextControl(c.id - 1)
	switch {
	case err != nil:
		return reason(err)
	case now.flags&flagInactive != 0:
		return p.inactive(name, c.id)
	case now.flags&flagGrabbed != 0:
		return reason(unix.EBUSY)
	}
	if c.id == C.V4L2_CID_EXPOSURE_AUTO {
		if value.Number, err = p.exposureMode(&c, value.Number != 0); err != nil {
			return err
		}
	}
	if err := p.device.set(&c, value.Number, value.Text); err != nil {
		return reason(err)
	}
	return nil
}

// inactive says why a control has no effect.
func (p *panel) inactive(name string, id controlID) error {
	for ruler, c := range p.known {
		if c.id == rulers[id] {
			return fmt.Errorf("%s is inactive as long as the camera sets it by itself: set %s to false first", name, ruler)
		}
	}
	return fmt.Errorf("%s is inactive in the camera's present state", name)
}

// reason says what an error of a request for a control means.
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
		return fmt.Errorf("%w: %w", err, acquire.ErrAbsent)
	}
	return err
}

// close gives the descriptor back. It waits for requests that are under way.
func (p *panel) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.device != nil {
		p.device = nil
		p.release()
	}
}

// ids returns the numbers of all controls, ordered.
func (p *panel) ids() []controlID {
	var ids []controlID
	for _, c := range p.known {
		ids = append(ids, c.id)
	}
	slices.SortFunc(ids, cmp.Compare[controlID])
	return ids
}
