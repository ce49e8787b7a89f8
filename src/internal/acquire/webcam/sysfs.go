package webcam

import (
	"os"
	"path/filepath"
	"strings"
)

// sysfs is the kernel's file system of devices, mostly "/sys". What it tells of
// a camera everybody may read, also who may not open its node.
type sysfs string

// class returns the folder of a node such as "video0".
func (s sysfs) class(node string) string {
	return filepath.Join(string(s), "class", "video4linux", node)
}

// card returns the name of a node's camera, empty if there is none.
func (s sysfs) card(node string) string { return read(s.class(node), "name") }

// secondary says whether a node is not the first of its camera's: mostly one for
// metadata, which captures nothing.
func (s sysfs) secondary(node string) bool {
	index := read(s.class(node), "index")
	return index != "" && index != "0"
}

// usb returns vendor and product of a node's camera as lsusb shows them, as in
// "046d:085c"; empty if it is not at a USB bus. The node's device is an
// interface, and the USB device is above it.
func (s sysfs) usb(node string) string {
	folder, err := filepath.EvalSymlinks(filepath.Join(s.class(node), "device"))
	if err != nil {
		return ""
	}
	root, err := filepath.EvalSymlinks(string(s))
	if err != nil {
		return ""
	}
	for strings.HasPrefix(folder, root+"/") {
		if vendor, product := read(folder, "idVendor"), read(folder, "idProduct"); vendor != "" && product != "" {
			return vendor + ":" + product
		}
		folder = filepath.Dir(folder)
	}
	return ""
}

// read returns the text of an attribute, empty if there is none.
func read(folder, name string) string {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
