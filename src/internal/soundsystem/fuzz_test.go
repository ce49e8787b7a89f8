package soundsystem

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"av_capture/src/internal/media"
)

// FuzzFind looks for a device among those that a sound system names as it likes: it
// is one of them, or an error that is one of a name.
func FuzzFind(f *testing.F) {
	f.Add("hw:1,0", "USB Audio", "hw:1,0", ":0,1")
	f.Add("USB", "USB \xff", "usb\n", "hw:99999999999999999999,0")
	f.Add("default", "", "", "")
	f.Add("İ", "i̇", "%s%n", "hw:-1,-1")
	f.Add("x", " ", "\n\x1b[2J", "\u2028\xff")
	f.Fuzz(func(t *testing.T, name, label, first, second string) {
		devices := []Device{{Kind: Microphone, Backend: ALSA, Name: label, ID: first}, {Kind: Microphone, Backend: ALSA, Name: label, ID: second, Default: true}}
		for i := range devices {
			devices[i].Name = readable(devices[i])
			if text := devices[i].label(); devices[i].Name == "" || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("the name is %q", text)
			}
			if c, ok := cardOf(devices[i]); ok && (c.path() == "" || !strings.HasPrefix(c.path(), "/dev/snd/pcmC")) {
				t.Fatalf("%q is %q", devices[i].ID, c.path())
			}
		}
		switch found, err := find(Microphone, devices, name); {
		case err != nil && !errors.Is(err, media.ErrUnknownDevice):
			t.Fatal(err)
		case err == nil && found.ID != first && found.ID != second:
			t.Fatalf("%q is %+v", name, found)
		}
	})
}

// FuzzPulseAddress reads the names of servers, from the environment or from a file
// of libpulse's.
func FuzzPulseAddress(f *testing.F) {
	for _, server := range []string{"unix:/run/pulse", "/run/pulse", "tcp:host", "tcp4:host:1", "{0123}unix:/x", "}", "{", "[::1]", "tcp6:[::1]:1", ":", "", "=\n", "a]:b["} {
		f.Add(server)
	}
	file := filepath.Join(f.TempDir(), "client.conf")
	f.Fuzz(func(t *testing.T, server string) {
		network, address := pulseAddress(server)
		switch network {
		case "unix":
		case "tcp", "tcp4", "tcp6":
			if _, _, err := net.SplitHostPort(address); err != nil && !strings.ContainsAny(server, "[]{}:") {
				t.Fatalf("%q is at %q: %v", server, address, err)
			}
		default:
			t.Fatalf("%q is of the network %q", server, network)
		}
		if err := os.WriteFile(file, []byte("x = y\ndefault-server = "+server+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, name := range defaultServers(file) {
			if strings.ContainsAny(name, " \t\n") {
				t.Fatalf("%q names %q", server, name)
			}
		}
	})
}
