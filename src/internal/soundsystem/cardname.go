package soundsystem

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// asound is the kernel's folder of sound cards.
const asound = "/proc/asound"

// cardName returns ALSA's id of a card, as in "Loopback" or "C920", given its number; empty if
// there is no such card. The id is stable; the number of a USB microphone may change with
// each start of the machine.
func cardName(root string, number int) string {
	name, err := os.ReadFile(filepath.Join(root, "card"+strconv.Itoa(number), "id"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// usbPort matches a USB sound card's number and port in the kernel's list, whose entries have
// two lines:
//
//	1 [C920           ]: USB-Audio - HD Pro Webcam C920
//	                     HD Pro Webcam C920 at usb-0000:00:14.0-1, high speed
var usbPort = regexp.MustCompile(`(?m)^ *(\d+) \[.*\n.* at (usb-\S+), `)

// cardPorts returns the USB ports of sound cards by number, in the words of V4L2's bus_info.
// Other cards have none.
func cardPorts(root string) map[int]string {
	list, err := os.ReadFile(filepath.Join(root, "cards"))
	if err != nil {
		return nil
	}
	ports := map[int]string{}
	for _, match := range usbPort.FindAllStringSubmatch(string(list), -1) {
		if number, err := strconv.Atoi(match[1]); err == nil {
			ports[number] = match[2]
		}
	}
	return ports
}

// aliases returns ALSA's other names of a card's device, as in "hw:CARD=Loopback,DEV=1". A
// name without a device means the first one. The card's id alone is a name of all its
// devices.
func (d Device) aliases() []string {
	c, ok := cardOf(d)
	if !ok {
		return nil
	}
	var names []string
	cards := []string{strconv.Itoa(c.number)}
	if d.Card != "" {
		cards = append(cards, d.Card)
		names = append(names, d.Card)
	}
	for _, card := range cards {
		names = append(names, fmt.Sprintf("hw:%s,%d", card, c.device), fmt.Sprintf("hw:CARD=%s,DEV=%d", card, c.device))
		if c.device == 0 {
			names = append(names, "hw:"+card, "hw:CARD="+card)
		}
	}
	return names
}

// Lasting returns a name that is stable when cards get other numbers, as in
// "hw:CARD=Loopback,DEV=1". IDs of most sound systems are stable themselves.
func (d Device) Lasting() string {
	if c, ok := cardOf(d); ok && d.Card != "" {
		return fmt.Sprintf("hw:CARD=%s,DEV=%d", d.Card, c.device)
	}
	return d.ID
}

// called reports whether a name is one of the device's full names. The port is one of all
// devices of a card.
func (d Device) called(name string) bool {
	return d.ID == name || d.Name == name || d.Port != "" && d.Port == name || slices.Contains(d.aliases(), name)
}
