package control

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

// V4L2's numbers of the controls of a typical USB camera, from
// linux/v4l2-controls.h.
const (
	brightness    ID = 0x00980900
	autoWhite     ID = 0x0098090c
	gamma         ID = 0x00980910
	whiteKelvin   ID = 0x0098091a
	powerLine     ID = 0x00980918
	exposureAuto  ID = 0x009a0901
	exposureTime  ID = 0x009a0902
	secondGamma   ID = 0x009a0999
	imageTitle    ID = 0x009f0001
	lensShading   ID = 0x009f0905
	streamQuality ID = 0x009d0903
)

// typeU16 is V4L2_CTRL_TYPE_U16: an array, or a matrix.
const typeU16 = 0x0101

// fakeDevice is a camera with features that Linux's virtual one lacks: exposure, menus with
// holes, and controls that are refused.
type fakeDevice struct {
	controls []Raw
	values   map[ID]int64
	menus    map[ID]map[int64]string
	refuse   map[ID]error // of set
	stall    map[ID]int   // requests for a control that fail
	asked    int          // requests for controls
	stallSet int          // requests to set a value that fail
	gone     bool
	wrote    []string
}

func newFakeDevice() *fakeDevice {
	return &fakeDevice{
		controls: []Raw{
			{ID: brightness, Type: TypeInteger, Label: "Brightness", Min: -64, Max: 64, Step: 2, Default: 0},
			{ID: autoWhite, Type: TypeBoolean, Label: "White Balance, Automatic", Max: 1, Step: 1, Default: 1},
			{ID: gamma, Type: TypeInteger, Label: "Gamma", Min: 72, Max: 500, Step: 1, Default: 100},
			{ID: powerLine, Type: TypeMenu, Label: "Power Line Frequency", Max: 2, Step: 1, Default: 1},
			{ID: whiteKelvin, Type: TypeInteger, Label: "White Balance Temperature", Min: 2800, Max: 6500, Step: 1, Default: 4600, Flags: FlagInactive},
			{ID: exposureAuto, Type: TypeMenu, Label: "Auto Exposure", Max: 3, Step: 1, Default: 3},
			{ID: exposureTime, Type: TypeInteger, Label: "Exposure Time, Absolute", Min: 1, Max: 5000, Step: 1, Default: 157},
			{ID: secondGamma, Type: TypeInteger, Label: "gamma!", Min: 0, Max: 1, Step: 1},
			{ID: imageTitle, Type: TypeTitle, Label: "Image Processing Controls"},
			{ID: lensShading, Type: typeU16, Label: "Lens Shading", Max: 4095, Step: 1, Flags: FlagPayload},
			{ID: streamQuality, Type: TypeInteger, Label: "Quality", Min: 0, Max: 1, Step: 1, Flags: FlagDisabled},
		},
		values: map[ID]int64{exposureAuto: 3, exposureTime: 157, powerLine: 1, gamma: 100, autoWhite: 1, whiteKelvin: 4600},
		menus: map[ID]map[int64]string{
			powerLine:    {0: "Disabled", 2: "60 Hz"}, // a hole
			exposureAuto: {1: "Manual Mode", 3: "Aperture Priority Mode"},
		},
		refuse: map[ID]error{},
		stall:  map[ID]int{},
	}
}

func (f *fakeDevice) NextControl(above ID) (Raw, error) {
	if f.gone {
		return Raw{}, unix.ENODEV
	}
	for _, c := range f.controls {
		if c.ID > above {
			return f.query(c)
		}
	}
	return Raw{}, unix.EINVAL
}

func (f *fakeDevice) Control(id ID) (Raw, error) {
	if f.gone {
		return Raw{}, unix.ENODEV
	}
	for _, c := range f.controls {
		if c.ID == id {
			return f.query(c)
		}
	}
	return Raw{}, unix.EINVAL
}

func (f *fakeDevice) query(c Raw) (Raw, error) {
	f.asked++
	if f.stall[c.ID] > 0 {
		f.stall[c.ID]--
		return Raw{}, unix.EIO
	}
	return c, nil
}

func (f *fakeDevice) MenuItem(id ID, index int64) (string, int64, error) {
	if text, ok := f.menus[id][index]; ok {
		return text, 0, nil
	}
	return "", 0, unix.EINVAL
}

func (f *fakeDevice) Value(c *Raw) (int64, string, error) { return f.values[c.ID], "", nil }

func (f *fakeDevice) SetValue(c *Raw, number int64, _ string) error {
	if err := f.refuse[c.ID]; err != nil {
		return err
	}
	if f.stallSet > 0 {
		f.stallSet--
		return unix.EIO
	}
	f.values[c.ID] = number
	f.wrote = append(f.wrote, fmt.Sprintf("%s=%d", c.Label, number))
	return nil
}

func newFakeSet(t *testing.T) (*fakeDevice, *Set) {
	t.Helper()
	device := newFakeDevice()
	p, err := New(device)
	if err != nil {
		t.Fatal(err)
	}
	return device, p
}

// named returns the control of a name.
func named(t *testing.T, p *Set, name string) media.Control {
	t.Helper()
	controls, err := p.Controls()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(controls, func(c media.Control) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("no control %q among %+v", name, controls)
	}
	return controls[i]
}

func TestControlsAreNamedAsUsbCamAndTheDriverNameThem(t *testing.T) {
	_, p := newFakeSet(t)
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
	_, p := newFakeSet(t)
	if want := []string{"Lens Shading"}; !slices.Equal(p.Others(), want) {
		t.Errorf("got %q, want %q", p.Others(), want)
	}
}

func TestControlsHaveTheDriversLimits(t *testing.T) {
	_, p := newFakeSet(t)
	if c := named(t, p, "brightness"); c.Min != -64 || c.Max != 64 || c.Step != 2 || c.Kind != media.ControlInteger {
		t.Errorf("brightness: %+v", c)
	}
	menu := []media.MenuItem{{Index: 0, Text: "Disabled"}, {Index: 2, Text: "60 Hz"}}
	if c := named(t, p, "power_line_frequency"); c.Kind != media.ControlMenu || !slices.Equal(c.Menu, menu) {
		t.Errorf("power_line_frequency: %+v", c)
	}
	if c := named(t, p, "white_balance"); !c.Inactive || c.AutoBy != "auto_white_balance" {
		t.Errorf("white_balance: %+v", c)
	}
	if c := named(t, p, "auto_white_balance"); !c.Automatic || c.AutoBy != "" {
		t.Errorf("auto_white_balance: %+v", c)
	}
}

func TestAutoexposureIsABoolForWhateverModesThereAre(t *testing.T) {
	device, p := newFakeSet(t)
	c := named(t, p, "autoexposure")
	if c.Kind != media.ControlBool || c.Value.Number != 1 || c.Default.Number != 1 || !c.Automatic {
		t.Errorf("autoexposure: %+v", c)
	}
	for _, step := range []struct{ on, mode int64 }{{0, 1}, {1, 3}} {
		if err := p.Change("autoexposure", media.ControlValue{Number: step.on}); err != nil {
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
	if err := p.Change("autoexposure", media.ControlValue{}); err == nil || !strings.Contains(err.Error(), "no such mode") {
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
		device, p := newFakeSet(t)
		device.refuse[gamma] = errno
		err := p.Change("gamma", media.ControlValue{Number: 80})
		if !errors.Is(err, errno) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", errno, err, want)
		}
	}
	device, p := newFakeSet(t)
	err := p.Change("white_balance", media.ControlValue{Number: 4000})
	if err == nil || !strings.Contains(err.Error(), "set auto_white_balance to false first") || device.wrote != nil {
		t.Errorf("inactive: got %v, written %q", err, device.wrote)
	}
	device.controls[2].Flags = FlagGrabbed
	if err := p.Change("gamma", media.ControlValue{Number: 80}); !errors.Is(err, unix.EBUSY) {
		t.Errorf("grabbed: got %v", err)
	}
	if err := p.Change("zoom", media.ControlValue{}); err == nil {
		t.Error("a control that is not there was set")
	}
}

func TestControlsOfADeviceThatIsGoneAreAbsent(t *testing.T) {
	device, p := newFakeSet(t)
	device.gone = true
	if _, err := p.Controls(); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("controls: %v", err)
	}
	if err := p.Change("gamma", media.ControlValue{Number: 80}); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("set: %v", err)
	}
	p.Close()
	p.Close()
	if err := p.Change("gamma", media.ControlValue{Number: 80}); !errors.Is(err, media.ErrAbsent) {
		t.Errorf("set after close: %v", err)
	}
}

// TestAControlThatStallsTakesNoOtherWithIt: some cameras do so with single controls, and the
// request for the next control does not tell with which.
func TestAControlThatStallsTakesNoOtherWithIt(t *testing.T) {
	_, whole := newFakeSet(t)
	const always = 1 << 30
	for id, name := range map[ID]string{
		brightness: "brightness", autoWhite: "auto_white_balance", whiteKelvin: "white_balance",
		exposureAuto: "autoexposure", secondGamma: "gamma_2",
	} {
		for _, times := range []int{1, 2, always} {
			device := newFakeDevice()
			device.stall[id] = times
			p, err := New(device)
			if err != nil {
				t.Fatalf("%s stalls: %v", name, err)
			}
			want, silent := slices.Clone(whole.names), 0
			if times > 1 {
				want = slices.DeleteFunc(want, func(n string) bool { return n == name })
				silent = 1
			}
			if !slices.Equal(p.names, want) || len(p.Silent()) != silent {
				t.Errorf("%s stalls %d times: got %q, silent %q, want %q", name, times, p.names, p.Silent(), want)
			}
			if silent == 1 && !strings.Contains(p.Silent()[0], fmt.Sprintf("0x%08x", uint32(id))) {
				t.Errorf("%s stalls: told as %q", name, p.Silent())
			}
			// A request that fails may take USB half a second.
			if device.asked > len(device.controls)+2 {
				t.Errorf("%s stalls: %d requests for %d controls", name, device.asked, len(device.controls))
			}
		}
	}
}

func TestAControlThatStallsLaterKeepsItsLimits(t *testing.T) {
	device, p := newFakeSet(t)
	device.stall[gamma] = 1
	if c := named(t, p, "gamma"); c.Min != 72 || c.Max != 500 || c.Value.Number != 100 {
		t.Errorf("gamma: %+v", c)
	}
	// A value is asked for before it is set.
	for _, asking := range []int{0, 1, 2} {
		for _, setting := range []int{0, 1, 2} {
			device.stall[gamma], device.stallSet, device.wrote = asking, setting, nil
			err := p.Change("gamma", media.ControlValue{Number: 80})
			if asking < 2 && setting < 2 {
				if err != nil || !slices.Equal(device.wrote, []string{"Gamma=80"}) {
					t.Errorf("%d and %d requests stall: %v, written %q", asking, setting, err, device.wrote)
				}
			} else if !errors.Is(err, unix.EIO) || !strings.Contains(err.Error(), "does not take it") || device.wrote != nil {
				t.Errorf("%d and %d requests stall: %v, written %q", asking, setting, err, device.wrote)
			}
		}
	}
}

// TestControlsOfACameraThatAnswersForNoneAreUnknown: parameters that are known then stay.
func TestControlsOfACameraThatAnswersForNoneAreUnknown(t *testing.T) {
	device := newFakeDevice()
	for _, c := range device.controls {
		device.stall[c.ID] = 1000
	}
	if p, err := New(device); !errors.Is(err, unix.EIO) {
		t.Errorf("got %+v, %v, want %v", p, err, unix.EIO)
	}
}
