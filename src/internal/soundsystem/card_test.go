package soundsystem

import (
	"errors"
	"testing"

	"av_capture/src/internal/media"
)

func TestCardsAreToldFromPluginsAndOtherSystems(t *testing.T) {
	for _, test := range []struct {
		device Device
		want   card
		ok     bool
	}{
		{Device{Backend: ALSA, ID: "hw:0,1"}, card{Microphone, 0, 1}, true},
		{Device{Backend: ALSA, ID: "hw:12,3"}, card{Microphone, 12, 3}, true},
		{Device{Backend: ALSA, ID: "hw:CARD=C920"}, card{}, false},
		{Device{Backend: ALSA, ID: "dsnoop:0,1"}, card{}, false},
		{Device{Backend: PulseAudio, ID: "hw:0,1"}, card{}, false},
	} {
		got, ok := cardOf(test.device)
		if ok != test.ok || ok && got != test.want {
			t.Errorf("cardOf(%v) = %v, %v, want %v, %v", test.device, got, ok, test.want, test.ok)
		}
	}
}

func TestCardThatIsNotThereIsAbsent(t *testing.T) {
	formats, err := card{Microphone, 99, 9}.formats(44100, "")
	if !errors.Is(err, media.ErrAbsent) {
		t.Errorf("formats: got %v, %v, want %v", formats, err, media.ErrAbsent)
	}
}
