package camera

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// leaveAlone is usb_cam's value for a control that is not to be set.
const leaveAlone = -1

// controls are the camera's controls as parameters: those of the device that was open
// last, with their ranges. The values that were asked for are set again whenever a
// device opens.
//
// Any goroutine may call the methods. All but close wait for the device.
type controls struct {
	warnings   *warnings
	start      map[string]param.Override // given at start, by parameter; under mu
	onDeclared func(*param.Table)        // called once the controls are known

	deviceMutex sync.Mutex // held while the device is read or set

	mu     sync.Mutex
	device acquire.Controlled // nil while there is none
	base   *param.Table       // the other parameters
	table  *param.Table       // base and the controls; nil before the first device
	known  []control          // in the device's order
	wanted map[string]media.ControlValue
}

// control is a control and the parameter that stands for it.
type control struct {
	media.Control
	parameter string
}

// expectingControls continues "not declared: ".
const expectingControls = "the camera has not been opened yet, and its controls are not known before: device absent"

func newControls(warn func(string), start map[string]param.Override, base *param.Table, late func(*param.Table)) *controls {
	return &controls{
		warnings: newWarnings(warn), start: start, base: base, onDeclared: late,
		wanted: map[string]media.ControlValue{},
	}
}

// declared returns the node's parameters, or nil while the controls are unknown.
func (c *controls) declared() *param.Table {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.table
}

// open takes over the controls of a device that has just opened, and sets those that
// were asked for. device is nil for a source without controls.
func (c *controls) open(device acquire.Controlled) {
	c.deviceMutex.Lock()
	defer c.deviceMutex.Unlock()
	var list []media.Control
	if device != nil {
		var err error
		if list, err = device.Controls(); err != nil {
			if !errors.Is(err, media.ErrAbsent) { // the source has said why, or the camera is gone
				c.warnings.once(fmt.Sprintf("the camera's controls are not known: %v", err))
			}
			return
		}
	}
	c.mu.Lock()
	if len(list) > 0 {
		c.device = device
	}
	first := c.table == nil
	c.declare(list)
	c.takeStartValues()
	table := c.table
	c.mu.Unlock()
	if first {
		c.onDeclared(table)
	}
	if len(list) > 0 {
		c.restore()
	}
}

// close lets go of the device, whose controls stay known.
func (c *controls) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.device = nil
}

// watch calls changed whenever another program has changed a control, until ctx ends.
func (c *controls) watch(ctx context.Context, changed func()) {
	c.mu.Lock()
	device := c.device
	c.mu.Unlock()
	if device == nil {
		return
	}
	err := device.WatchControls(ctx, changed)
	if err != nil && ctx.Err() == nil && !errors.Is(err, media.ErrLost) && !errors.Is(err, media.ErrAbsent) {
		c.warnings.once(fmt.Sprintf("changes of controls by other programs are not noticed: %v", err))
	}
}

// declare makes the table of the controls, unless it would be the same. c.mu is held.
func (c *controls) declare(list []media.Control) {
	var known []control
	var declarations []param.Declaration
	for _, each := range list {
		k := control{each, each.Name}
		if c.base.Lookup(k.parameter) != nil {
			k.parameter = "control_" + k.parameter // such as "Rotate", which is ours already
		}
		d := declaration(&k)
		if err := c.base.Accepts(&d); err != nil {
			c.warnings.once(fmt.Sprintf("the camera's control %q cannot be a parameter: %v", each.Label, err))
			continue
		}
		known = append(known, k)
		declarations = append(declarations, d)
	}
	c.known = known
	if c.table == nil || !sameDeclarations(c.table.Declarations()[:len(c.table.Declarations())-len(c.base.Declarations())], declarations) {
		c.table = c.base.Extend(declarations...)
	}
}

// sameDeclarations compares all but checks, which are functions of the rest.
func sameDeclarations(a, b []param.Declaration) bool {
	return slices.EqualFunc(a, b, func(a, b param.Declaration) bool {
		a.Check, b.Check = nil, nil
		return reflect.DeepEqual(a, b)
	})
}

// takeStartValues takes the start values of the controls that are known now. c.mu is held.
func (c *controls) takeStartValues() {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(c.start)) {
		override := c.start[name]
		leave := slices.Contains(media.UsualControls, name) && override.Value.Equal(param.Int(leaveAlone))
		k := c.lookup(name)
		switch {
		case k != nil && !leave:
			value, err := c.table.Validate(name, override.Value)
			if err != nil {
				refused := &param.Error{Parameter: name, Origin: override.Origin, Reason: "the camera's control is left as it is: " + err.(*param.Error).Reason}
				c.warnings.once(refused.Error())
				break
			}
			if _, has := c.wanted[name]; !has {
				c.wanted[name] = toControl(value)
			}
		case k == nil && slices.Contains(media.UsualControls, name):
			if !leave && !override.Value.Equal(param.Bool(false)) {
				missing = append(missing, name)
			}
			continue // another device may have it
		}
		delete(c.start, name)
	}
	if len(missing) > 0 {
		c.warnings.once(fmt.Sprintf("the camera has no control %s: given at start, without effect", strings.Join(missing, ", ")))
	}
}

// lookup returns the control of a parameter, or nil. c.mu is held.
func (c *controls) lookup(parameter string) *control {
	i := slices.IndexFunc(c.known, func(k control) bool { return k.parameter == parameter })
	if i < 0 {
		return nil
	}
	return &c.known[i]
}

// restore sets the values that were asked for: first those of automatic controls, then
// the rest as far as it has an effect.
func (c *controls) restore() {
	for _, automatic := range []bool{true, false} {
		known, device := c.readValues()
		if device == nil {
			return
		}
		for i := range known {
			k := &known[i]
			value, wanted := c.wants(k.parameter)
			if !wanted || k.Automatic != automatic || k.Inactive || k.Value == value {
				continue
			}
			if err := device.SetControl(k.Name, value); err != nil {
				if errors.Is(err, media.ErrAbsent) {
					return
				}
				c.warnings.once(fmt.Sprintf("parameter %q = %s: %v", k.parameter, toParameter(k.Kind, value), err))
			}
		}
	}
	c.readValues()
}

// readValues reads the controls' values, and returns them and the device. Without a device it
// returns the last values and nil.
func (c *controls) readValues() ([]control, acquire.Controlled) {
	c.mu.Lock()
	device := c.device
	c.mu.Unlock()
	var list []media.Control
	if device != nil {
		var err error
		if list, err = device.Controls(); err != nil {
			device = nil
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.known {
		if at := slices.IndexFunc(list, func(l media.Control) bool { return l.Name == c.known[i].Name }); at >= 0 {
			c.known[i].Control = list[at]
		}
	}
	return slices.Clone(c.known), device
}

// wants returns the value that was asked for of a control, if one was.
func (c *controls) wants(parameter string) (media.ControlValue, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.wanted[parameter]
	return value, ok
}

// want notes the value that is asked for of a control.
func (c *controls) want(k *control, value media.ControlValue) {
	if k.Kind == media.ControlButton {
		return // once is enough
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted[k.parameter] = value
}

// inForce returns the values of the controls by parameter: those of the device or,
// while there is none, those that it will be asked for.
func (c *controls) inForce() map[string]param.Value {
	c.deviceMutex.Lock()
	defer c.deviceMutex.Unlock()
	known, device := c.readValues()
	values := make(map[string]param.Value, len(known))
	for i := range known {
		k := &known[i]
		value := k.Value
		if wanted, ok := c.wants(k.parameter); ok && device == nil {
			value = wanted
		}
		values[k.parameter] = toParameter(k.Kind, value)
	}
	return values
}

// apply sets the controls whose parameters differ, all or, with an error, none. While
// the device is absent, values are accepted and set when it opens.
func (c *controls) apply(asked, before param.Set) (remark string, undo func(), err error) {
	c.deviceMutex.Lock()
	defer c.deviceMutex.Unlock()
	known, device := c.readValues()
	var changed []control
	for _, k := range known {
		if asked.Table().Lookup(k.parameter) == nil || before.Table().Lookup(k.parameter) == nil {
			continue // it has just been found
		}
		if !asked.Value(k.parameter).Equal(before.Value(k.parameter)) {
			changed = append(changed, k)
		}
	}
	if len(changed) == 0 {
		return "", func() {}, nil
	}
	// Automatic controls come first: they decide about the others.
	slices.SortStableFunc(changed, func(a, b control) int { return truth(b.Automatic) - truth(a.Automatic) })
	done := 0
	for i := range changed {
		k := &changed[i]
		err := c.set(device, k, toControl(asked.Value(k.parameter)))
		if errors.Is(err, media.ErrAbsent) && k.Kind != media.ControlButton {
			device = nil // from now on it waits for the device
		} else if err != nil {
			c.undo(device, changed[:done], before)
			return "", nil, fmt.Errorf("control %s: %w", k.parameter, err)
		}
		c.want(k, toControl(asked.Value(k.parameter)))
		done++
	}
	undo = func() {
		c.deviceMutex.Lock()
		defer c.deviceMutex.Unlock()
		_, device := c.readValues()
		c.undo(device, changed, before)
	}
	if device == nil {
		return "accepted, and will be set when the camera is open", undo, nil
	}
	if changed[0].Automatic {
		c.restore() // values that had no effect before
	}
	return "", undo, nil
}

// set changes a control of a device, which may be nil.
func (c *controls) set(device acquire.Controlled, k *control, value media.ControlValue) error {
	switch {
	case device == nil:
		return media.ErrAbsent
	case k.Kind == media.ControlButton && value.Number == 0:
		return nil
	}
	return device.SetControl(k.Name, value)
}

// undo sets controls to their values before. Its own errors are left out: the caller
// has one to report already.
func (c *controls) undo(device acquire.Controlled, changed []control, before param.Set) {
	for i := range slices.Backward(changed) {
		k := &changed[i]
		value := toControl(before.Value(k.parameter))
		c.want(k, value)
		_ = c.set(device, k, value)
	}
}

// hasControls reports whether the parameters ask for a source with controls.
func hasControls(set param.Set) bool { return set.String("source") == "v4l2" }

// declared returns the parameters once the device's controls are known.
func (n *Node) declared() *param.Table {
	if n.controls == nil {
		return nil // the node is being made
	}
	return n.controls.declared()
}

// controlsInForce returns the controls' values by parameter.
func (n *Node) controlsInForce() map[string]param.Value {
	if n.controls == nil {
		return map[string]param.Value{}
	}
	return n.controls.inForce()
}

// startValues returns the parameters given at start that are not in the table: they may
// be controls.
func (n *Node) startValues(table *param.Table) map[string]param.Override {
	given := n.Options.Overrides.For(n.ROS.FullyQualifiedName())
	maps.DeleteFunc(given, func(name string, _ param.Override) bool { return table.Lookup(name) != nil })
	return given
}

// watchControls declares, sets and watches the controls of an open device, if it has
// any, until done is called.
func (n *Node) watchControls(ctx context.Context, device acquire.Controlled) (done func()) {
	n.controls.open(device)
	if device != nil {
		if others := device.OtherControls(); len(others) > 0 {
			n.Log.Debugf("controls that are no parameters, being arrays or structs: %s", strings.Join(others, ", "))
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Add(1)
	go func() {
		defer watching.Done()
		n.controls.watch(ctx, n.Refresh)
	}()
	return func() {
		cancel()
		watching.Wait()
		n.controls.close()
	}
}
