package webcam

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
)

// V4L2's numbers of the controls of a typical USB camera, from
// linux/v4l2-controls.h.
const (
	brightness    controlID = 0x00980900
	autoWhite     controlID = 0x0098090c
	gamma         controlID = 0x00980910
	whiteKelvin   controlID = 0x0098091a
	powerLine     controlID = 0x00980918
	exposureAuto  controlID = 0x009a0901
	exposureTime  controlID = 0x009a0902
	secondGamma   controlID = 0x009a0999
	imageTitle    controlID = 0x009f0001
	lensShading   controlID = 0x009f0905
	streamQuality controlID = 0x009d0903
)

// typeU16 is V4L2_CTRL_TYPE_U16: an array, or a matrix.
const typeU16 = 0x0101

// fakeDevice is a camera as drivers describe them, for what the virtual one of
// Linux lacks: exposure, menus with holes, and controls that are refused.
type fakeDevice struct {
	controls []rawControl
	values   map[controlID]int64
	menus    map[controlID]map[int64]string
	refuse   map[controlID]error // of set
	gone     bool
	wrote    []string
}

func newFakeDevice() *fakeDevice {
	return &fakeDevice{
		controls: []rawControl{
			{id: brightness, kind: typeInteger, label: "Brightness", min: -64, max: 64, step: 2, defaultsTo: 0},
			{id: autoWhite, kind: typeBoolean, label: "White Balance, Automatic", max: 1, step: 1, defaultsTo: 1},
			{id: gamma, kind: typeInteger, label: "Gamma", min: 72, max: 500, step: 1, defaultsTo: 100},
			{id: powerLine, kind: typeMenu, label: "Power Line Frequency", max: 2, step: 1, defaultsTo: 1},
			{id: whiteKelvin, kind: typeInteger, label: "White Balance Temperature", min: 2800, max: 6500, step: 1, defaultsTo: 4600, flags: flagInactive},
			{id: exposureAuto, kind: typeMenu, label: "Auto Exposure", max: 3, step: 1, defaultsTo: 3},
			{id: exposureTime, kind: typeInteger, label: "Exposure Time, Absolute", min: 1, max: 5000, step: 1, defaultsTo: 157},
			{id: secondGamma, kind: typeInteger, label: "gamma!", min: 0, max: 1, step: 1},
			{id: imageTitle, kind: typeTitle, label: "Image Processing Controls"},
			{id: lensShading, kind: typeU16, label: "Lens Shading", max: 4095, step: 1, flags: flagPayload},
			{id: streamQuality, kind: typeInteger, label: "Quality", min: 0, max: 1, step: 1, flags: flagDisabled},
		},
		values: map[controlID]int64{exposureAuto: 3, exposureTime: 157, powerLine: 1, gamma: 100, autoWhite: 1, whiteKelvin: 4600},
		menus: map[controlID]map[int64]string{
			powerLine:    {0: "Disabled", 2: "60 Hz"}, // a hole
			exposureAuto: {1: "Manual Mode", 3: "Aperture Priority Mode"},
		},
		refuse: map[controlID]error{},
	}
}

func (f *fakeDevice) nextControl(above controlID) (rawControl, error) {
	if f.gone {
		return rawControl{}, unix.ENODEV
	}
	for _, c := range f.controls {
		if c.id > above {
			return c, nil
		}
	}
	return rawControl{}, unix.EINVAL
}

func (f *fakeDevice) menuItem(id controlID, index int64) (string, int64, error) {
	if text, ok := f.menus[id][index]; ok {
		return text, 0, nil
	}
	return "", 0, unix.EINVAL
}

func (f *fakeDevice) get(c *rawControl) (int64, string, error) { return f.values[c.id], "", nil }

func (f *fakeDevice) set(c *rawControl, number int64, _ string) error {
	if err := f.refuse[c.id]; err != nil {
		return err
	}
	f.values[c.id] = number
	f.wrote = append(f.wrote, fmt.Sprintf("%s=%d", c.label, number))
	return nil
}

func newFakePanel(t *testing.T) (*fakeDevice, *panel) {
	t.Helper()
	device := newFakeDevice()
	p, err := newPanel(device, func() {})
	if err != nil {
		t.Fatal(err)
	}
	return device, p
}

// named returns the control of a name.
func named(t *testing.T, p *panel, name string) acquire.Control {
	t.Helper()
	controls, err := p.controls()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(controls, func(c acquire.Control) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no control %q among %+v", name, controls)
	}
	return controls[i]
}

func TestControlsAreNamedAsUsbCamAndTheDriverNameThem(t *testing.T) {
	_, p := newFakePanel(t)
	want := []string{"brightness", "auto_white_balance", "gamma", "power_line_frequency",
		"white_balance", "autoexposure", "exposure", "gamma_2"}
	if !slices.Equal(p.names, want) {
		t.Errorf("names %q, want %q", p.names, want)
	}
	for label, want := range map[string]string{
		"Power Line Frequency": "power_line_frequency",
		"Gain, Automatic":      "gain_automatic",
		"  Zoom (x) ":          "zoom_x",
		"3A Lock":              "control_3a_lock",
		"---":                  "control",
	} {
		if got := snakeCase(label); got != want {
			t.Errorf("snakeCase(%q) = %q, want %q", label, got, want)
		}
	}
}

func TestArraysAreNamedApart(t *testing.T) {
	_, p := newFakePanel(t)
	if want := []string{"Lens Shading"}; !slices.Equal(p.others, want) {
		t.Errorf("got %q, want %q", p.others, want)
	}
}

func TestControlsHaveTheDriversLimits(t *testing.T) {
	_, p := newFakePanel(t)
	if c := named(t, p, "brightness"); c.Min != -64 || c.Max != 64 || c.Step != 2 || c.Kind != acquire.ControlInteger {
		t.Errorf("brightness: %+v", c)
	}
	menu := []acquire.MenuItem{{Index: 0, Text: "Disabled"}, {Index: 2, Text: "60 Hz"}}
	if c := named(t, p, "power_line_frequency"); c.Kind != acquire.ControlMenu || !slices.Equal(c.Menu, menu) {
		t.Errorf("power_line_frequency: %+v", c)
	}
	if c := named(t, p, "white_balance"); !c.Inactive || c.RuledBy != "auto_white_balance" {
		t.Errorf("white_balance: %+v", c)
	}
	if c := named(t, p, "auto_white_balance"); !c.Automatic || c.RuledBy != "" {
		t.Errorf("auto_white_balance: %+v", c)
	}
}

func TestAutoexposureIsABoolForWhateverModesThereAre(t *testing.T) {
	device, p := newFakePanel(t)
	c := named(t, p, "autoexposure")
	if c.Kind != acquire.ControlBool || c.Value.Number != 1 || c.Default.Number != 1 || !c.Automatic {
		t.Errorf("autoexposure: %+v", c)
	}
	for _, step := range []struct{ on, mode int64 }{{0, 1}, {1, 3}} {
		if err := p.set("autoexposure", acquire.ControlValue{Number: step.on}); err != nil {
			t.Fatal(err)
		}
		if got := device.values[exposureAuto]; got != step.mode {
			t.Errorf("autoexposure %d: mode %d, want %d", step.on, got, step.mode)
		}
		if got := named(t, p, "autoexposure").Value.Number; got != step.on {
			t.Errorf("autoexposure reads %d, want %d", got, step.on)
		}
	}
	device.menus[exposureAuto] = map[int64]string{3: "Aperture Priority Mode"}
	if err := p.set("autoexposure", acquire.ControlValue{}); err == nil || !strings.Contains(err.Error(), "no such mode") {
		t.Errorf("a mode that is not there: %v", err)
	}
}

func TestARefusedControlSaysWhy(t *testing.T) {
	for errno, want := range map[unix.Errno]string{
		unix.EINVAL: "refuses the value",
		unix.ERANGE: "out of the driver's range",
		unix.EBUSY:  "while images are captured or another program",
		unix.EACCES: "read-only",
		unix.EIO:    "does not take it",
	} {
		device, p := newFakePanel(t)
		device.refuse[gamma] = errno
		err := p.set("gamma", acquire.ControlValue{Number: 80})
		if !errors.Is(err, errno) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", errno, err, want)
		}
	}
	device, p := newFakePanel(t)
	err := p.set("white_balance", acquire.ControlValue{Number: 4000})
	if err == nil || !strings.Contains(err.Error(), "set auto_white_balance to false first") || device.wrote != nil {
		t.Errorf("inactive: got %v, written %q", err, device.wrote)
	}
	device.controls[2].flags = flagGrabbed
	if err := p.set("gamma", acquire.ControlValue{Number: 80}); !errors.Is(err, unix.EBUSY) {
		t.Errorf("grabbed: got %v", err)
	}
	if err := p.set("zoom", acquire.ControlValue{}); err == nil {
		t.Error("a control that is not there was set")
	}
}

func TestControlsOfADeviceThatIsGoneAreAbsent(t *testing.T) {
	device, p := newFakePanel(t)
	device.gone = true
	if _, err := p.controls(); !errors.Is(err, acquire.ErrAbsent) {
		t.Errorf("controls: %v", err)
	}
	if err := p.set("gamma", acquire.ControlValue{Number: 80}); !errors.Is(err, acquire.ErrAbsent) {
		t.Errorf("set: %v", err)
	}
	p.close()
	p.close()
	if err := p.set("gamma", acquire.ControlValue{Number: 80}); !errors.Is(err, acquire.ErrAbsent) {
		t.Errorf("set after close: %v", err)
	}
}
