package soundsystem

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/media"
)

// soundCards are a webcam's microphone and a loopback with two devices.
var soundCards = []Device{
	{Backend: ALSA, Name: "C920, USB Audio", ID: "hw:1,0", Card: "C920"},
	{Backend: ALSA, Name: "Loopback, Loopback PCM", ID: "hw:2,0", Card: "Loopback"},
	{Backend: ALSA, Name: "Loopback, Loopback PCM", ID: "hw:2,1", Card: "Loopback"},
	{Backend: ALSA, Name: "JACK", ID: "jack"},
}

func TestSoundCardIsFoundByItsNamesInALSA(t *testing.T) {
	for name, want := range map[string]string{
		"C920":                   "hw:1,0",
		"hw:1,0":                 "hw:1,0",
		"hw:1":                   "hw:1,0",
		"hw:C920":                "hw:1,0",
		"hw:C920,0":              "hw:1,0",
		"hw:CARD=C920":           "hw:1,0",
		"hw:CARD=C920,DEV=0":     "hw:1,0",
		"hw:CARD=1":              "hw:1,0",
		"hw:Loopback":            "hw:2,0", // its first device, as with ALSA
		"hw:CARD=Loopback":       "hw:2,0",
		"hw:CARD=Loopback,DEV=1": "hw:2,1",
		"hw:Loopback,1":          "hw:2,1",
	} {
		got, err := find(Microphone, soundCards, name)
		if err != nil || got.ID != want {
			t.Errorf("find(%q) = %v, %v, want %v", name, got.ID, err, want)
		}
	}
	for _, name := range []string{"Loopback", "hw:CARD=Loopback,DEV=2", "hw:3", "hw:CARD=C92"} {
		if got, err := find(Microphone, soundCards, name); !errors.Is(err, media.ErrUnknownDevice) || !strings.Contains(err.Error(), "alsa hw:2,1") {
			t.Errorf("find(%q) = %v, %v, want a list", name, got.ID, err)
		}
	}
}

func TestLastingNameSurvivesOtherNumbers(t *testing.T) {
	for i, want := range []string{"hw:CARD=C920,DEV=0", "hw:CARD=Loopback,DEV=0", "hw:CARD=Loopback,DEV=1", "jack"} {
		if got := soundCards[i].Lasting(); got != want {
			t.Errorf("%s: got %s, want %s", soundCards[i].ID, got, want)
		}
	}
	moved := soundCards[0]
	moved.ID = "hw:7,0"
	if d, err := find(Microphone, []Device{moved}, soundCards[0].Lasting()); err != nil || d.ID != moved.ID {
		t.Errorf("found by its lasting name: %v, %v, want %s", d.ID, err, moved.ID)
	}
}

func TestNameOfACardIsTheKernels(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "card2"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "card2", "id"), []byte("Loopback\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for number, want := range map[int]string{2: "Loopback", 3: ""} {
		if got := cardName(root, number); got != want {
			t.Errorf("card %d: got %q, want %q", number, got, want)
		}
	}
}

// TestMicrophonesOfOneModelAreToldApartByTheirPort: those of two webcams have equal names, and
// the port is that of the camera beside it.
func TestMicrophonesOfOneModelAreToldApartByTheirPort(t *testing.T) {
	twins := []Device{
		{Backend: ALSA, Name: "Webcam, USB Audio", ID: "hw:0,0", Card: "Webcam", Port: "usb-0000:00:14.0-1"},
		{Backend: ALSA, Name: "Webcam, USB Audio", ID: "hw:1,0", Card: "Webcam_1", Port: "usb-0000:00:14.0-1.2"},
	}
	for _, d := range twins {
		if got, err := find(Microphone, twins, d.Port); err != nil || got.ID != d.ID {
			t.Errorf("port %s: got %v, %v, want %s", d.Port, got.ID, err, d.ID)
		}
	}
	_, err := find(Microphone, twins, "Webcam, USB Audio")
	want := `ambiguous name, could be "Webcam, USB Audio" (alsa hw:0,0, port usb-0000:00:14.0-1); "Webcam, USB Audio" (alsa hw:1,0, port usb-0000:00:14.0-1.2): `
	if !errors.Is(err, media.ErrUnknownDevice) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestPortOfACardIsTheKernels(t *testing.T) {
	root := t.TempDir()
	if got := cardPorts(root); len(got) != 0 {
		t.Errorf("without sound: got %v", got)
	}
	cards := " 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n" +
		"                      HDA Intel PCH at 0xf7f10000 irq 32\n" +
		" 1 [C920           ]: USB-Audio - HD Pro Webcam C920\n" +
		"                      HD Pro Webcam C920 at usb-0000:00:14.0-1, high speed\n" +
		"12 [Webcam_1       ]: USB-Audio - Webcam at home\n" +
		"                      Acme Webcam at home at usb-vhci_hcd.0-2.1, full speed\n"
	if err := os.WriteFile(filepath.Join(root, "cards"), []byte(cards), 0o600); err != nil {
		t.Fatal(err)
	}
	want := map[int]string{1: "usb-0000:00:14.0-1", 12: "usb-vhci_hcd.0-2.1"}
	if got := cardPorts(root); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
