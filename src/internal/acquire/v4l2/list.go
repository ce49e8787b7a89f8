package v4l2

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/holder"
	"av_capture/src/internal/media"
)

// Device is a camera that is plugged in.
type Device struct {
	Path    string   // as in "/dev/video0"
	Card    string   // the camera's name
	Driver  string   // the kernel's driver
	Bus     string   // its port
	USB     string   // vendor and product, as in "046d:085c"; empty if it is no USB device
	Serial  string   // of a USB device; empty if it has none
	Links   []string // names below /dev/v4l/by-id and by-path that lead to it
	Formats []Format

	// Problem is why this process cannot open the device, nil if it can. Path, Card, USB and
	// Links are known in either case.
	Problem error
}

// String describes the device for people, as in "/dev/video0 (HD Webcam,
// 046d:085c)".
func (d Device) String() string { return d.text("") }

// text describes the device, with further details.
func (d Device) text(more string) string {
	text := d.Card
	if d.USB != "" {
		text += ", " + d.USB
	}
	text += more
	if d.Problem != nil {
		text += ": " + d.Problem.Error()
	}
	return fmt.Sprintf("%s (%s)", d.Path, text)
}

// names returns the device's names, each of which video_device may be, besides its path.
func (d Device) names() []string {
	names := []string{d.Card, d.USB}
	for _, link := range d.Links {
		names = append(names, filepath.Base(link))
	}
	names = append(names, d.Serial, d.Bus)
	return slices.DeleteFunc(names, func(name string) bool { return name == "" || isIndex(name) })
}

// isIndex reports whether a name is the index of a device node, rather than a serial number
// of digits: 0 to 255, which are V4L2's, without further zeros in front.
func isIndex(name string) bool {
	index, err := strconv.Atoi(name)
	return err == nil && index >= 0 && index < 256 && name == strconv.Itoa(index)
}

// Names returns the names that only this one of the devices has, and those that others have
// too, as do cameras of one model. The card's name is among them.
func (d Device) Names(devices []Device) (own, shared []string) {
	for _, name := range d.names() {
		if slices.ContainsFunc(devices, func(other Device) bool {
			return other.Path != d.Path && slices.Contains(other.names(), name)
		}) {
			shared = append(shared, name)
		} else {
			own = append(own, name)
		}
	}
	return own, shared
}

// Format is a pixel format that a device offers. Both Sizes and Range are empty if the driver
// does not tell the sizes.
type Format struct {
	FourCC      FourCC
	Description string
	Sizes       []Size
	Range       *SizeRange
}

// Size is an image size that a device offers.
type Size struct {
	Width, Height int       // [pixels]
	FrameRates    []float64 // [images/s], or the ends of a range; empty if the driver does not tell
}

// SizeRange holds all sizes between two, in steps.
type SizeRange struct {
	MinWidth, MaxWidth, StepWidth    int // [pixels]
	MinHeight, MaxHeight, StepHeight int // [pixels]
}

// String describes the format for people, as in
// "YUYV 640x480 (30, 15), 1280x720 (10)".
func (f Format) String() string {
	return strings.TrimSpace(f.FourCC.String() + " " + f.sizes())
}

// sizes describes the sizes and their rates.
func (f Format) sizes() string {
	var sizes []string
	for _, s := range f.Sizes {
		var rates []string
		for _, r := range s.FrameRates {
			rates = append(rates, strconv.FormatFloat(r, 'g', 4, 64))
		}
		text := fmt.Sprintf("%dx%d", s.Width, s.Height)
		if len(rates) > 0 {
			text += " (" + strings.Join(rates, ", ") + ")"
		}
		sizes = append(sizes, text)
	}
	if r := f.Range; r != nil {
		sizes = append(sizes, fmt.Sprintf("%dx%d to %dx%d", r.MinWidth, r.MinHeight, r.MaxWidth, r.MaxHeight))
	}
	return strings.Join(sizes, ", ")
}

// has reports whether the format has a size, or may have it.
func (f Format) has(width, height int) bool {
	for _, s := range f.Sizes {
		if s.Width == width && s.Height == height {
			return true
		}
	}
	if r := f.Range; r != nil {
		return width >= r.MinWidth && width <= r.MaxWidth && (width-r.MinWidth)%r.StepWidth == 0 &&
			height >= r.MinHeight && height <= r.MaxHeight && (height-r.MinHeight)%r.StepHeight == 0
	}
	return len(f.Sizes) == 0
}

// fastest returns the highest frame rate of a size [images/s], 0 if it is unknown.
func (f Format) fastest(width, height int) float64 {
	rate := 0.
	for _, s := range f.Sizes {
		if s.Width == width && s.Height == height {
			for _, r := range s.FrameRates {
				rate = max(rate, r)
			}
		}
	}
	return rate
}

// List returns the cameras in the order of their numbers, also those that this process may
// not open. It blocks for as long as the devices take to answer.
func List() []Device { return place{"/dev", "/sys"}.list(ask) }

// place is where devices are searched.
type place struct {
	dev string
	sys sysfs
}

// ask asks a device for its capabilities and formats.
func ask(path string) (capability, []Format, error) {
	d, err := openDevice(path)
	if err != nil {
		return capability{}, nil, err
	}
	defer d.close()
	c, err := d.capability()
	if err != nil || !c.capture {
		return c, nil, err
	}
	return c, d.formats(), nil
}

// list returns the cameras, which it asks by ask.
func (p place) list(ask func(path string) (capability, []Format, error)) []Device {
	paths, _ := filepath.Glob(filepath.Join(p.dev, "video[0-9]*")) // fails for a bad pattern only
	slices.SortFunc(paths, func(a, b string) int { return number(a) - number(b) })
	links := p.links()
	var devices []Device
	for _, path := range paths {
		name := filepath.Base(path)
		d := Device{Path: path, Card: p.sys.card(name), Links: links[path]}
		d.USB, d.Serial = p.sys.usb(name)
		c, formats, err := ask(path)
		switch {
		case errors.Is(err, fs.ErrPermission) && !p.sys.secondary(name):
			d.Problem = denied(path, err)
		case errors.Is(err, unix.EBUSY) && !p.sys.secondary(name):
			d.Problem = fmt.Errorf("%s: %w", holder.Of(path), media.ErrBusy)
		case err != nil || !c.capture:
			continue // it is gone, or no camera
		default:
			d.Card, d.Driver, d.Bus, d.Formats = c.card, c.driver, c.bus, formats
		}
		devices = append(devices, d)
	}
	return devices
}

// number returns the number at the end of a node's path.
func number(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(path), "video")) // the pattern ensures digits
	return n
}

// links returns udev's stable names of each device node.
func (p place) links() map[string][]string {
	links := map[string][]string{}
	for _, folder := range []string{"by-id", "by-path"} {
		names, _ := filepath.Glob(filepath.Join(p.dev, "v4l", folder, "*")) // fails for a bad pattern only
		for _, name := range names {
			if path, err := filepath.EvalSymlinks(name); err == nil {
				links[path] = append(links[path], name)
			}
		}
	}
	return links
}

// describe lists devices for an error's text, those of one model with port and, unless that is
// the same too, serial number.
func describe(devices []Device) string {
	if len(devices) == 0 {
		return "there is no camera"
	}
	alike, serials := map[string]int{}, map[string]int{}
	for _, d := range devices {
		alike[d.Card+d.USB]++
		serials[d.Card+d.USB+d.Serial]++
	}
	var names []string
	for _, d := range devices {
		more := ""
		if count := alike[d.Card+d.USB]; count > 1 {
			if d.Serial != "" && serials[d.Card+d.USB+d.Serial] < count {
				more = ", serial number " + d.Serial
			}
			if d.Bus != "" {
				more += ", port " + d.Bus
			}
		}
		names = append(names, d.text(more))
	}
	return "there is " + strings.Join(names, ", ")
}

// resolve returns the device node of a name. It calls list only if it needs the names of
// devices.
func resolve(name string, list func() []Device) (string, error) {
	if index, err := strconv.Atoi(name); err == nil && index < 0 {
		return "", fmt.Errorf("negative index; %s: %w", describe(list()), media.ErrUnknownDevice)
	}
	if isIndex(name) {
		return "/dev/video" + name, nil
	}
	if strings.HasPrefix(name, "/") {
		path, err := filepath.EvalSymlinks(name)
		if err != nil {
			// A link of udev's comes with its device.
			return "", fmt.Errorf("%w; %s: %w", media.Bare(err), describe(list()), media.ErrAbsent)
		}
		return path, nil
	}
	devices := list()
	var exact, part []Device
	for _, d := range devices {
		names := d.names()
		for _, n := range names {
			if n == name || n == d.USB && strings.EqualFold(n, name) {
				exact = append(exact, d)
				break
			}
		}
		if strings.Contains(strings.Join(names, "\n"), name) {
			part = append(part, d)
		}
	}
	matches := exact
	if len(matches) == 0 {
		matches = part
	}
	switch len(matches) {
	case 1:
		return matches[0].Path, nil
	case 0:
		return "", fmt.Errorf("no camera has this name; %s: %w", describe(devices), media.ErrUnknownDevice)
	}
	return "", fmt.Errorf("several cameras have this name, take a serial number, a port, a link of /dev/v4l or a path; %s: %w", describe(matches), media.ErrUnknownDevice)
}
