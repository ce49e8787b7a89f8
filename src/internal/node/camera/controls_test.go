package camera

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/param"
)

// fakeControls is an open device with controls, one of which rules another.
type fakeControls struct {
	controls []media.Control
	unknown  error // of Controls
	refuse   map[string]error
	wrote    []string
}

func newFakeControls() *fakeControls {
	number := func(name string, low, high, value int64) media.Control {
		return media.Control{Name: name, Label: name, Min: low, Max: high, Step: 1,
			Default: media.ControlValue{Number: value}, Value: media.ControlValue{Number: value}}
	}
	exposure := number("exposure", 1, 5000, 157)
	exposure.AutoBy, exposure.Inactive = "autoexposure", true
	automatic := number("autoexposure", 0, 1, 1)
	automatic.Kind, automatic.Automatic = media.ControlBool, true
	press := number("press", 0, 0, 0)
	press.Kind = media.ControlButton
	return &fakeControls{
		// The one that rules comes last here: order has to be made.
		controls: []media.Control{number("brightness", 0, 255, 128), exposure, number("loop", 0, 9, 3), press, automatic},
		refuse:   map[string]error{},
	}
}

func (f *fakeControls) Controls() ([]media.Control, error) {
	return slices.Clone(f.controls), f.unknown
}

func (f *fakeControls) OtherControls() []string { return nil }

func (f *fakeControls) SetControl(name string, value media.ControlValue) error {
	if err := f.refuse[name]; err != nil {
		return err
	}
	f.wrote = append(f.wrote, fmt.Sprintf("%s=%d", name, value.Number))
	for i := range f.controls {
		if f.controls[i].Name == name {
			f.controls[i].Value = value
		}
		if f.controls[i].AutoBy == name {
			f.controls[i].Inactive = value.Number != 0
		}
	}
	return nil
}

func (f *fakeControls) WatchControls(context.Context, func()) error { return nil }

// want requires the writes since the last call.
func (f *fakeControls) want(t *testing.T, wrote ...string) {
	t.Helper()
	if !slices.Equal(f.wrote, wrote) {
		t.Errorf("written %q, want %q", f.wrote, wrote)
	}
	f.wrote = nil
}

// newTestControls returns controls that know the fake device, and the warnings.
func newTestControls(start map[string]param.Value) (*controls, *[]string) {
	overrides := map[string]param.Override{}
	for name, value := range start {
		overrides[name] = param.Override{Name: name, Value: value}
	}
	var warnings []string
	return newControls(func(text string) { warnings = append(warnings, text) }, overrides, Table, func(*param.Table) {}), &warnings
}

// asked returns the values in force with changes, and without.
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
	c, warnings := newTestControls(map[string]param.Value{
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
	c, _ := newTestControls(map[string]param.Value{"exposure": param.Int(100), "autoexposure": param.Bool(false), "brightness": param.Int(9)})
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
	c, warnings := newTestControls(map[string]param.Value{"brightness": param.Int(300), "focus": param.Int(7)})
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
	c, _ := newTestControls(nil)
	c.open(newFakeControls())
	c.close()
	changed, before := asked(t, c, map[string]param.Value{"brightness": param.Int(9), "autoexposure": param.Bool(false)})
	remark, _, err := c.apply(changed, before)
	if err != nil || remark == "" || c.inForce()["brightness"].Int() != 9 {
		t.Errorf("apply: %q, %v, in force %v", remark, err, c.inForce()["brightness"])
	}
	changed, before = asked(t, c, map[string]param.Value{"press": param.Bool(true)})
	if _, _, err := c.apply(changed, before); !errors.Is(err, media.ErrAbsent) {
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
	c, _ := newTestControls(nil)
	device := newFakeControls()
	c.open(device)
	device.refuse["loop"] = errors.New("no")
	changed, before := asked(t, c, map[string]param.Value{"brightness": param.Int(9), "control_loop": param.Int(1)})
	if _, _, err := c.apply(changed, before); err == nil || !strings.Contains(err.Error(), "control_loop: no") {
		t.Errorf("apply: %v", err)
	}
	device.want(t, "brightness=9", "brightness=128")
	// A change can be undone, if something else fails.
	changed, before = asked(t, c, map[string]param.Value{"brightness": param.Int(9)})
	_, undo, err := c.apply(changed, before)
	if err != nil {
		t.Fatal(err)
	}
	undo()
	device.want(t, "brightness=9", "brightness=128")
}

func TestAButtonIsPressedOnce(t *testing.T) {
	c, _ := newTestControls(nil)
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
	c, _ := newTestControls(nil)
	if c.declared() != nil {
		t.Error("controls are declared before a device was open")
	}
	c.open(newFakeControls())
	if c.declared().Lookup("brightness") == nil || c.declared().Lookup("loop").Kind() != param.KindBool {
		t.Error("brightness is missing, or loop is not the camera node's own")
	}
	c.close()
	c.open(nil)
	if c.declared().Lookup("brightness") != nil || c.declared().Lookup("loop") == nil || len(c.inForce()) != 0 {
		t.Error("the controls of the device before are still there")
	}
}

// contested is a device that cannot tell of changes, and finds that out while it
// refuses one.
type contested struct {
	*fakeControls
	watching, refusing chan struct{}
}

func (c contested) SetControl(name string, value media.ControlValue) error {
	err := c.fakeControls.SetControl(name, value)
	if err != nil {
		close(c.refusing)
	}
	return err
}

func (c contested) WatchControls(context.Context, func()) error {
	close(c.watching)
	<-c.refusing
	return errors.New("no events")
}

// TestWatchingAndSettingMayWarnAtOnce needs the race detector to fail.
func TestWatchingAndSettingMayWarnAtOnce(t *testing.T) {
	warned := make(chan string, 3)
	start := map[string]param.Override{"exposure": {Name: "exposure", Value: param.Int(100)}}
	c := newControls(func(text string) { warned <- text }, start, Table, func(*param.Table) {})
	device := contested{newFakeControls(), make(chan struct{}), make(chan struct{})}
	device.refuse["exposure"] = errors.New("no")
	c.open(device)
	var watch sync.WaitGroup
	watch.Add(1)
	go func() {
		defer watch.Done()
		c.watch(t.Context(), func() {})
	}()
	<-device.watching // so that no lock taken on the way there hides what follows
	changed, before := asked(t, c, map[string]param.Value{"autoexposure": param.Bool(false)})
	if _, _, err := c.apply(changed, before); err != nil {
		t.Fatal(err)
	}
	watch.Wait()
	close(warned)
	var all []string
	for text := range warned {
		all = append(all, text)
	}
	if text := strings.Join(all, "\n"); len(all) != 2 || !strings.Contains(text, "no events") || !strings.Contains(text, `"exposure" = 100: no`) {
		t.Errorf("warnings %q, want that of the watch and that of the change", all)
	}
}

// TestControlsThatAreGoneAreNotToldOf: the source tells of a camera that was unplugged, or why
// its controls are not known.
func TestControlsThatAreGoneAreNotToldOf(t *testing.T) {
	c, warnings := newTestControls(nil)
	device := newFakeControls()
	device.unknown = fmt.Errorf("not open: %w", media.ErrAbsent)
	c.open(device)
	if len(*warnings) != 0 {
		t.Errorf("warnings %q, want none", *warnings)
	}
	device.unknown = errors.New("the driver has none")
	c.open(device)
	if len(*warnings) != 1 {
		t.Errorf("warnings %q, want one", *warnings)
	}
}
