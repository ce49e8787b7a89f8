package node

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
	"av_capture/src/internal/param"
)

// usualControls are the controls that usb_cam has as parameters: parameter files
// made for it name them for every camera, whether it has them or not.
var usualControls = []string{
	"brightness", "contrast", "saturation", "sharpness", "gain", "auto_white_balance",
	"white_balance", "autoexposure", "exposure", "autofocus", "focus",
}

// leaveAlone is usb_cam's value for a control that is to stay what it is.
const leaveAlone = -1

// controls are a camera's controls as parameters: those that the device had which
// was open last, with their ranges. What was asked for of them is set again
// whenever a device opens.
//
// Its methods may be called by any goroutine. All but close and asked wait for
// the device.
type controls struct {
	warn  func(string)
	start map[string]param.Override // given at start, by parameter
	late  func(*param.Table)        // called once the controls are known

	turn sync.Mutex // held by the one who deals with the device

	mu     sync.Mutex
	device acquire.Controlled // nil while there is none
	base   *param.Table       // the parameters that are no controls
	table  *param.Table       // base and the controls; nil before the first device
	known  []control          // in the device's order
	wanted map[string]acquire.ControlValue
	told   map[string]bool // warnings, each of which is given once
}

// control is a control and the parameter that stands for it.
type control struct {
	acquire.Control
	parameter string
}

// expectingControls continues "not declared: ".
const expectingControls = "the camera has not been opened yet, and its controls are not known before: device absent"

func newControls(warn func(string), start map[string]param.Override, base *param.Table, late func(*param.Table)) *controls {
	return &controls{
		warn: warn, start: start, base: base, late: late,
		wanted: map[string]acquire.ControlValue{},
		told:   map[string]bool{},
	}
}

// declared returns the node's parameters, or nil while the controls are not
// known.
func (c *controls) declared() *param.Table {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.table
}

// open takes over the controls of a device that has just opened and sets those
// that were asked for. source need not have any.
func (c *controls) open(source any) {
	c.turn.Lock()
	defer c.turn.Unlock()
	device, ok := source.(acquire.Controlled)
	var list []acquire.Control
	if ok {
		var err error
		if list, err = device.Controls(); err != nil {
			c.warnOnce(fmt.Sprintf("the camera's controls are not known: %v", err))
			return
		}
	}
	c.mu.Lock()
	if len(list) > 0 {
		c.device = device
	}
	first := c.table == nil
	c.declare(list)
	c.begin()
	table := c.table
	c.mu.Unlock()
	if first {
		c.late(table)
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

// watch has changed called when another program has changed a control, until ctx
// ends.
func (c *controls) watch(ctx context.Context, changed func()) {
	c.mu.Lock()
	device := c.device
	c.mu.Unlock()
	if device == nil {
		return
	}
	err := device.WatchControls(ctx, changed)
	if err != nil && ctx.Err() == nil && !errors.Is(err, acquire.ErrLost) && !errors.Is(err, acquire.ErrAbsent) {
		c.warnOnce(fmt.Sprintf("changes of controls by other programs are not noticed: %v", err))
	}
}

// declare makes the table of the controls, unless it is the same as before. c.mu
// is held.
func (c *controls) declare(list []acquire.Control) {
	var known []control
	var declarations []param.Declaration
	for _, each := range list {
		k := control{each, each.Name}
		if c.base.Lookup(k.parameter) != nil {
			k.parameter = "control_" + k.parameter // such as "Rotate", which is ours already
		}
		d := declaration(&k)
		if err := c.base.Accepts(&d); err != nil {
			c.warnOnce(fmt.Sprintf("the camera's control %q cannot be a parameter: %v", each.Label, err))
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

// begin takes the start values of the controls that are known now. c.mu is held.
func (c *controls) begin() {
	var missing []string
	for _, name := range slices.Sorted(maps.Keys(c.start)) {
		override := c.start[name]
		leave := slices.Contains(usualControls, name) && override.Value.Equal(param.Int(leaveAlone))
		k := c.lookup(name)
		switch {
		case k != nil && !leave:
			value, err := c.table.Validate(name, override.Value)
			if err != nil {
				refused := &param.Error{Parameter: name, Origin: override.Origin, Reason: "the camera's control is left as it is: " + err.(*param.Error).Reason}
				c.warnOnce(refused.Error())
				break
			}
			if _, has := c.wanted[name]; !has {
				c.wanted[name] = toControl(value)
			}
		case k == nil && slices.Contains(usualControls, name):
			if !leave && !override.Value.Equal(param.Bool(false)) {
				missing = append(missing, name)
			}
			continue // another device may have it
		}
		delete(c.start, name)
	}
	if len(missing) > 0 {
		c.warnOnce(fmt.Sprintf("the camera has no control %s: given at start, without effect", strings.Join(missing, ", ")))
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

// restore sets what was asked for: first what decides whether the device sets
// others by itself, then the rest, as far as it has an effect.
func (c *controls) restore() {
	for _, automatic := range []bool{true, false} {
		known, device := c.look()
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
				if errors.Is(err, acquire.ErrAbsent) {
					return
				}
				c.warnOnce(fmt.Sprintf("parameter %q = %s: %v", k.parameter, toParameter(k.Kind, value), err))
			}
		}
	}
	c.look()
}

// look reads the controls' values, and returns them and the device; those that
// were known before, and nil, where there is no device.
func (c *controls) look() ([]control, acquire.Controlled) {
	c.mu.Lock()
	device := c.device
	c.mu.Unlock()
	var list []acquire.Control
	if device != nil {
		var err error
		if list, err = device.Controls(); err != nil {
			device = nil
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.known {
		if at := slices.IndexFunc(list, func(l acquire.Control) bool { return l.Name == c.known[i].Name }); at >= 0 {
			c.known[i].Control = list[at]
		}
	}
	return slices.Clone(c.known), device
}

// wants returns what was asked for of a control, if anything was.
func (c *controls) wants(parameter string) (acquire.ControlValue, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.wanted[parameter]
	return value, ok
}

// want notes what is asked for of a control.
func (c *controls) want(k *control, value acquire.ControlValue) {
	if k.Kind == acquire.ControlButton {
		return // once is enough
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wanted[k.parameter] = value
}

// inForce returns the values of the controls by parameter: what the device says
// or, while there is none, what it will be asked for.
func (c *controls) inForce() map[string]param.Value {
	c.turn.Lock()
	defer c.turn.Unlock()
	known, device := c.look()
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

// apply sets the controls whose parameters are asked to be other than they are,
// all or, with an error, none. Those of a device that is not there are accepted
// for the time when it is.
func (c *controls) apply(asked, before param.Set) (remark string, undo func(), err error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	known, device := c.look()
	var changed []control
	for _, k := range known {
		if asked.Table().Lookup(k.parameter) == nil || before.Table().Lookup(k.parameter) == nil {
			continue // it has just been found, and cannot have been asked for
		}
		if !asked.Value(k.parameter).Equal(before.Value(k.parameter)) {
			changed = append(changed, k)
		}
	}
	if len(changed) == 0 {
		return "", func() {}, nil
	}
	// What is automatic comes first: it decides about the others.
	slices.SortStableFunc(changed, func(a, b control) int { return truth(b.Automatic) - truth(a.Automatic) })
	done := 0
	for i := range changed {
		k := &changed[i]
		err := c.set(device, k, toControl(asked.Value(k.parameter)))
		if errors.Is(err, acquire.ErrAbsent) && k.Kind != acquire.ControlButton {
			device = nil // from now on it waits for the device
		} else if err != nil {
			c.undo(device, changed[:done], before)
			return "", nil, fmt.Errorf("control %s: %w", k.parameter, err)
		}
		c.want(k, toControl(asked.Value(k.parameter)))
		done++
	}
	undo = func() {
		c.turn.Lock()
		defer c.turn.Unlock()
		_, device := c.look()
		c.undo(device, changed, before)
	}
	if device == nil {
		return "accepted, and will be set when the camera is open", undo, nil
	}
	if changed[0].Automatic {
		c.restore() // what was asked for while it had no effect
	}
	return "", undo, nil
}

// set changes a control of a device, which may be nil.
func (c *controls) set(device acquire.Controlled, k *control, value acquire.ControlValue) error {
	switch {
	case device == nil:
		return acquire.ErrAbsent
	case k.Kind == acquire.ControlButton && value.Number == 0:
		return nil
	}
	return device.SetControl(k.Name, value)
}

// undo sets controls to what they were. Where not even that works there is
// nobody to tell who has not been told already.
func (c *controls) undo(device acquire.Controlled, changed []control, before param.Set) {
	for i := range slices.Backward(changed) {
		k := &changed[i]
		value := toControl(before.Value(k.parameter))
		c.want(k, value)
		_ = c.set(device, k, value)
	}
}

// warnOnce warns, of each thing once.
func (c *controls) warnOnce(text string) {
	if !c.told[text] {
		c.told[text] = true
		c.warn(text)
	}
}

// declaration declares the parameter of a control.
func declaration(k *control) param.Declaration {
	d := param.Declaration{
		Name:     k.parameter,
		Default:  toParameter(k.Kind, k.Default),
		ReadOnly: k.ReadOnly,
		Tracked:  true,
		Volatile: k.Volatile,
	}
	description := fmt.Sprintf("The camera's control %q", k.Label)
	switch k.Kind {
	case acquire.ControlInteger:
		d.Range = param.IntegerRange{From: k.Min, To: k.Max, Step: max(0, k.Step)}
		d.Default = param.Int(min(max(k.Default.Number, k.Min), k.Max))
		if slices.Contains(usualControls, k.parameter) {
			d.Keep = param.Int(leaveAlone)
		}
	case acquire.ControlMenu:
		d.Range = param.IntegerRange{From: k.Min, To: k.Max}
		var texts []string
		for _, item := range k.Menu {
			d.Choices = append(d.Choices, param.Int(item.Index))
			texts = append(texts, fmt.Sprintf("%d %s", item.Index, item.Text))
		}
		description += ": " + strings.Join(texts, ", ")
		if len(k.Menu) > 0 && !slices.ContainsFunc(k.Menu, func(m acquire.MenuItem) bool { return m.Index == k.Default.Number }) {
			d.Default = param.Int(k.Menu[0].Index)
		}
	case acquire.ControlBitmask:
		d.Constraint = fmt.Sprintf("bits of 0x%x", k.Max)
		d.Range = param.IntegerRange{From: 0, To: k.Max}
		d.Check = func(v param.Value) error {
			if v.Int()&^k.Max != 0 {
				return fmt.Errorf("want bits of 0x%x only", k.Max)
			}
			return nil
		}
	case acquire.ControlText:
		d.Constraint = fmt.Sprintf("%d to %d characters", k.Min, k.Max)
		d.Check = func(v param.Value) error {
			if n := int64(len(v.Text())); n < k.Min || n > k.Max || k.Step > 1 && (n-k.Min)%k.Step != 0 {
				return fmt.Errorf("want %d to %d characters, in steps of %d", k.Min, k.Max, max(1, k.Step))
			}
			return nil
		}
		d.Default = param.String(strings.Repeat(" ", int(k.Min)))
	case acquire.ControlButton:
		d.Description = description + ": true presses it."
		return d
	}
	if k.Kind != acquire.ControlText {
		description += fmt.Sprintf(", by default %s", d.Default)
	}
	if k.RuledBy != "" {
		description += fmt.Sprintf("; the camera sets it by itself while %s is on", k.RuledBy)
	}
	d.Description = description + "."
	return d
}

// toParameter and toControl convert values. A button is never pressed for long.
func toParameter(kind acquire.ControlKind, value acquire.ControlValue) param.Value {
	switch kind {
	case acquire.ControlBool:
		return param.Bool(value.Number != 0)
	case acquire.ControlButton:
		return param.Bool(false)
	case acquire.ControlText:
		return param.String(value.Text)
	}
	return param.Int(value.Number)
}

func toControl(value param.Value) acquire.ControlValue {
	switch value.Kind() {
	case param.KindBool:
		return acquire.ControlValue{Number: int64(truth(value.Bool()))}
	case param.KindString:
		return acquire.ControlValue{Text: value.Text()}
	}
	return acquire.ControlValue{Number: value.Int()}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// hasControls says whether the parameters ask for a source with controls.
func hasControls(set param.Set) bool { return set.String("source") == "v4l2" }

// declared returns the parameters once the device's controls are known.
func (c *Camera) declared() *param.Table {
	if c.controls == nil {
		return nil // the node is being made
	}
	return c.controls.declared()
}

// controlsInForce returns the controls' values by parameter.
func (c *Camera) controlsInForce() map[string]param.Value {
	if c.controls == nil {
		return map[string]param.Value{}
	}
	return c.controls.inForce()
}

// startValues returns what was given at start and is not in the table: it may be
// for controls.
func (c *Camera) startValues(table *param.Table) map[string]param.Override {
	given := c.options.Overrides.For(c.node.FullyQualifiedName())
	maps.DeleteFunc(given, func(name string, _ param.Override) bool { return table.Lookup(name) != nil })
	return given
}

// watchControls has the controls of a source that is open declared, set and
// watched, until the function is called that it returns.
func (c *Camera) watchControls(ctx context.Context, source acquire.VideoSource) (done func()) {
	c.controls.open(source)
	if device, ok := source.(acquire.Controlled); ok {
		if others := device.OtherControls(); len(others) > 0 {
			c.log.Debugf("controls that are no parameters, being arrays or structs: %s", strings.Join(others, ", "))
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { c.controls.watch(ctx, c.parameters.Refresh) })
	return func() {
		cancel()
		watching.Wait()
		c.controls.close()
	}
}
