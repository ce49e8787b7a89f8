package v4l2

import (
	"os"
	"path/filepath"
	"strings"
)

// sysfs is the root of the kernel's file system of devices, mostly "/sys". Everybody may read
// it, also about cameras that they may not open.
type sysfs string

// class returns the folder of a device node such as "video0".
func (s sysfs) class(node string) string {
	return filepath.Join(string(s), "class", "video4linux", node)
}

// card returns the name of a device node's camera, empty if there is none.
func (s sysfs) card(node string) string { return read(s.class(node), "name") }

// secondary reports whether a device node is a further one of its camera, mostly for metadata.
func (s sysfs) secondary(node string) bool {
	index := read(s.class(node), "index")
	return index != "" && index != "0"
}

// usb returns vendor and product of a device node's camera as lsusb shows them, as in
// "046d:085c", and its serial number; both are empty if it is no USB device. The node's
// device is a USB interface, whose parent is the USB device.
func (s sysfs) usb(node string) (product, serial string) {
	folder, err := filepath.EvalSymlinks(filepath.Join(s.class(node), "device"))
	if err != nil {
		return "", ""
	}
	root, err := filepath.EvalSymlinks(string(s))
	if err != nil {
		return "", ""
	}
	for strings.HasPrefix(folder, root+"/") {
		if vendor, product := read(folder, "idVendor"), read(folder, "idProduct"); vendor != "" && product != "" {
			return vendor + ":" + product, read(folder, "serial")
		}
		folder = filepath.Dir(folder)
	}
	return "", ""
}

// read returns the text of an attribute, empty if there is none.
func read(folder, name string) string {
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
