package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/param"
)

// fakeControls is an open device with controls, one of which rules another.
type fakeControls struct {
	controls []acquire.Control
	refuse   map[string]error
	wrote    []string
}

func newFakeControls() *fakeControls {
	number := func(name string, low, high, value int64) acquire.Control {
		return acquire.Control{Name: name, Label: name, Min: low, Max: high, Step: 1,
			Default: acquire.ControlValue{Number: value}, Value: acquire.ControlValue{Number: value}}
	}
	exposure := number("exposure", 1, 5000, 157)
	exposure.RuledBy, exposure.Inactive = "autoexposure", true
	automatic := number("autoexposure", 0, 1, 1)
	automatic.Kind, automatic.Automatic = acquire.ControlBool, true
	press := number("press", 0, 0, 0)
	press.Kind = acquire.ControlButton
	return &fakeControls{
		// The one that rules comes last here: order has to be made.
		controls: []acquire.Control{number("brightness", 0, 255, 128), exposure, number("loop", 0, 9, 3), press, automatic},
		refuse:   map[string]error{},
	}
}

func (f *fakeControls) Controls() ([]acquire.Control, error) { return slices.Clone(f.controls), nil }

func (f *fakeControls) OtherControls() []string { return nil }

func (f *fakeControls) SetControl(name string, value acquire.ControlValue) error {
	if err := f.refuse[name]; err != nil {
		return err
	}
	f.wrote = append(f.wrote, fmt.Sprintf("%s=%d", name, value.Number))
	for i := range f.controls {
		if f.controls[i].Name == name {
			f.controls[i].Value = value
		}
		if f.controls[i].RuledBy == name {
			f.controls[i].Inactive = value.Number != 0
		}
	}
	return nil
}

func (f *fakeControls) WatchControls(context.Context, func()) error { return nil }

// want requires what was written since the last call.
func (f *fakeControls) want(t *testing.T, wrote ...string) {
	t.Helper()
	if !slices.Equal(f.wrote, wrote) {
		t.Errorf("written %q, want %q", f.wrote, wrote)
	}
	f.wrote = nil
}

// panelOf returns controls that know the fake device, and the warnings.
func panelOf(start map[string]param.Value) (*controls, *[]string) {
	overrides := map[string]param.Override{}
	for name, value := range start {
		overrides[name] = param.Override{Name: name, Value: value}
	}
	var warnings []string
	return newControls(func(text string) { warnings = append(warnings, text) }, overrides, CameraTable, func(*param.Table) {}), &warnings
}

// asked returns what is in force with changes.
func asked(t *testing.T, c *controls, changes map[string]param.Value) (changed, before param.Set) {
	t.Helper()
	before = c.declared().Defaults().Overlay(c.inForce())
	changed, err := before.With(changes)
	if err != nil {
		t.Fatal(err)
	}
	return changed, before
}

func TestAUsbCamFileIsTakenAsUsbCamTakesIt(t *testing.T) {
	c, warnings := panelOf(map[string]param.Value{
		"brightness": param.Int(-1), "contrast": param.Int(-1), "autofocus": param.Bool(false),
		"autoexposure": param.Bool(true), "exposure": param.Int(100),
	})
	device := newFakeControls()
	c.open(device)
	device.want(t) // all is as it was asked for, or has no effect
	if len(*warnings) != 0 {
		t.Errorf("warnings %q, want none", *warnings)
	}
	changed, before := asked(t, c, map[string]param.Value{"autoexposure": param.Bool(false)})
	if _, _, err := c.apply(changed, before); err != nil {
		t.Fatal(err)
	}
	device.want(t, "autoexposure=0", "exposure=100")
}

func TestWhatIsAutomaticIsSetFirst(t *testing.T) {
	c, _ := panelOf(map[string]param.Value{"exposure": param.Int(100), "autoexposure": param.Bool(false), "brightness": param.Int(9)})
	device := newFakeControls()
	c.open(device)
	device.want(t, "autoexposure=0", "brightness=9", "exposure=100")
	changed, before := asked(t, c, map[string]param.Value{"brightness": param.Int(3), "autoexposure": param.Bool(true)})
	if _, _, err := c.apply(changed, before); err != nil {
		t.Fatal(err)
	}
	device.want(t, "autoexposure=1", "brightness=3")
}

func TestControlsThatCannotBeAreLeftAlone(t *testing.T) {
	c, warnings := panelOf(map[string]param.Value{"brightness": param.Int(300), "focus": param.Int(7)})
	device := newFakeControls()
	c.open(device)
	device.want(t)
	text := strings.Join(*warnings, "\n")
	if len(*warnings) != 2 || !strings.Contains(text, "300") || !strings.Contains(text, "0 to 255") || !strings.Contains(text, "no control focus") {
		t.Errorf("warnings %q", *warnings)
	}
	c.close()
	c.open(device)
	if len(*warnings) != 2 {
		t.Errorf("said again: %q", *warnings)
	}
}

func TestControlsOfAnAbsentDeviceAreSetWhenItIsBack(t *testing.T) {
	c, _ := panelOf(nil)
	c.open(newFakeControls())
	c.close()
	changed, before := asked(t, c, map[string]param.Value{"brightness": param.Int(9), "autoexposure": param.Bool(false)})
	remark, _, err := c.apply(changed, before)
	if err != nil || remark == "" || c.inForce()["brightness"].Int() != 9 {
		t.Errorf("apply: %q, %v, in force %v", remark, err, c.inForce()["brightness"])
	}
	changed, before = asked(t, c, map[string]param.Value{"press": param.Bool(true)})
	if _, _, err := c.apply(changed, before); !errors.Is(err, acquire.ErrAbsent) {
		t.Errorf("a button of an absent device: %v, want device absent", err)
	}
	table := c.declared()
	for range 3 { // over any number of reconnects
		again := newFakeControls()
		c.open(again)
		again.want(t, "autoexposure=0", "brightness=9")
		c.close()
	}
	if c.declared() != table {
		t.Error("the same device was declared anew")
	}
}

func TestAllOfAChangeIsSetOrNothing(t *testing.T) {
	c, _ := panelOf(nil)
	device := newFakeControls()
	c.open(device)
	device.refuse["loop"] = errors.New("no")
	changed, before := asked(t, c, map[string]param.Value{"brightness": param.Int(9), "control_loop": param.Int(1)})
	if _, _, err := c.apply(changed, before); err == nil || !strings.Contains(err.Error(), "control_loop: no") {
		t.Errorf("apply: %v", err)
	}
	device.want(t, "brightness=9", "brightness=128")
	// What is done can be undone, if something else fails.
	changed, before = asked(t, c, map[string]param.Value{"brightness": param.Int(9)})
	_, undo, err := c.apply(changed, before)
	if err != nil {
		t.Fatal(err)
	}
	undo()
	device.want(t, "brightness=9", "brightness=128")
}

func TestAButtonIsPressedOnce(t *testing.T) {
	c, _ := panelOf(nil)
	device := newFakeControls()
	c.open(device)
	changed, before := asked(t, c, map[string]param.Value{"press": param.Bool(true)})
	if _, _, err := c.apply(changed, before); err != nil {
		t.Fatal(err)
	}
	device.want(t, "press=1")
	if c.inForce()["press"].Bool() {
		t.Error("the button stays pressed")
	}
	c.close()
	c.open(device)
	device.want(t)
}

func TestASourceWithoutControlsTakesTheirParametersAway(t *testing.T) {
	c, _ := panelOf(nil)
	if c.declared() != nil {
		t.Error("controls are declared before a device was open")
	}
	c.open(newFakeControls())
	if c.declared().Lookup("brightness") == nil || c.declared().Lookup("loop").Kind() != param.KindBool {
		t.Error("brightness is missing, or loop is not the camera node's own")
	}
	c.close()
	c.open(struct{}{})
	if c.declared().Lookup("brightness") != nil || c.declared().Lookup("loop") == nil || len(c.inForce()) != 0 {
		t.Error("the controls of the device before are still there")
	}
}
