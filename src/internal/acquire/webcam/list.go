package webcam

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"av_capture/src/internal/acquire"
)

// Device is a camera that is there.
type Device struct {
	Path    string   // as in "/dev/video0"
	Card    string   // the camera's name
	Driver  string   // the kernel's driver
	Bus     string   // where it is plugged in
	Links   []string // names below /dev/v4l/by-id and by-path that lead to it
	Formats []Format // what it offers
}

// String describes the device for people, as in "/dev/video0 (HD Webcam)".
func (d Device) String() string { return fmt.Sprintf("%s (%s)", d.Path, d.Card) }

// Format is a pixel format that a device offers. Where the driver does not say
// which sizes it has, both Sizes and Range are empty.
type Format struct {
	FourCC      FourCC
	Description string
	Sizes       []Size
	Range       *SizeRange
}

// Size is an image size that a device offers.
type Size struct {
	Width, Height int       // [pixels]
	FrameRates    []float64 // [images/s], or the ends of a range; empty where the driver does not say
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

// has says whether the format has a size, or may have it.
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

// fastest returns the highest frame rate of a size, 0 where it is not known.
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

// List returns the cameras that are there and that OpenCV can read, in the
// order of their numbers. A node that this process may not open is left out.
// It asks each device and blocks for as long as they take to answer.
func List() []Device {
	paths, _ := filepath.Glob("/dev/video[0-9]*") // fails for a bad pattern only
	sort.Slice(paths, func(i, j int) bool { return number(paths[i]) < number(paths[j]) })
	links := linksByPath()
	var devices []Device
	for _, path := range paths {
		n, err := openNode(path)
		if err != nil {
			continue
		}
		if c, err := n.capability(); err == nil && c.capture {
			devices = append(devices, Device{
				Path:    path,
				Card:    c.card,
				Driver:  c.driver,
				Bus:     c.bus,
				Links:   links[path],
				Formats: n.formats(),
			})
		}
		n.close()
	}
	return devices
}

// First returns the camera with the lowest number, and whether there is any.
func First() (Device, bool) {
	if devices := List(); len(devices) > 0 {
		return devices[0], true
	}
	return Device{}, false
}

// number returns the number at the end of a node's path.
func number(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(path, "/dev/video"))
	return n
}

// linksByPath returns udev's lasting names of each node.
func linksByPath() map[string][]string {
	links := map[string][]string{}
	for _, pattern := range []string{"/dev/v4l/by-id/*", "/dev/v4l/by-path/*"} {
		names, _ := filepath.Glob(pattern) // fails for a bad pattern only
		for _, name := range names {
			if path, err := filepath.EvalSymlinks(name); err == nil {
				links[path] = append(links[path], name)
			}
		}
	}
	return links
}

// describe lists devices for an error's text.
func describe(devices []Device) string {
	if len(devices) == 0 {
		return "there is no camera"
	}
	var names []string
	for _, d := range devices {
		names = append(names, d.String())
	}
	return "there is " + strings.Join(names, ", ")
}

// resolve finds the node that name means. list is called only if names of
// devices are needed.
func resolve(name string, list func() []Device) (string, error) {
	if index, err := strconv.Atoi(name); err == nil {
		if index < 0 {
			return "", fmt.Errorf("negative index; %s: %w", describe(list()), acquire.ErrUnknownDevice)
		}
		return fmt.Sprintf("/dev/video%d", index), nil
	}
	if strings.HasPrefix(name, "/") {
		path, err := filepath.EvalSymlinks(name)
		if err != nil {
			// A link of udev's comes with its device.
			return "", fmt.Errorf("%w; %s: %w", errorOf(err), describe(list()), acquire.ErrAbsent)
		}
		return path, nil
	}
	devices := list()
	var exact, part []Device
	for _, d := range devices {
		names := []string{d.Card, d.Bus}
		for _, link := range d.Links {
			names = append(names, filepath.Base(link))
		}
		for _, n := range names {
			if n == name {
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
		return "", fmt.Errorf("no camera has this name; %s: %w", describe(devices), acquire.ErrUnknownDevice)
	}
	return "", fmt.Errorf("several cameras have this name, take a path; %s: %w", describe(matches), acquire.ErrUnknownDevice)
}

// errorOf takes the path away from an error, whose text names it already.
func errorOf(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
