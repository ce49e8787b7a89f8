package soundsystem

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// asound is where the kernel tells of sound cards.
const asound = "/proc/asound"

// cardName returns ALSA's id of a card, as in "Loopback" or "C920", given its
// number; empty if there is no such card. It stays when the number changes, as
// that of a USB microphone may from one start of the machine to the next.
func cardName(root string, number int) string {
	name, err := os.ReadFile(filepath.Join(root, "card"+strconv.Itoa(number), "id"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(name))
}

// aliases returns ALSA's other names of a device of a card, as in
// "hw:CARD=Loopback,DEV=1": without a device its first one is meant. The card's
// id alone is a name of all of its devices.
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

// Lasting returns the name of a device that stays when cards get other numbers,
// as in "hw:CARD=Loopback,DEV=1"; that of the sound system where it has such
// names itself.
func (d Device) Lasting() string {
	if c, ok := cardOf(d); ok && d.Card != "" {
		return fmt.Sprintf("hw:CARD=%s,DEV=%d", d.Card, c.device)
	}
	return d.ID
}

// called says whether a name is one of the device's, and all of it.
func (d Device) called(name string) bool {
	return d.ID == name || d.Name == name || slices.Contains(d.aliases(), name)
}
