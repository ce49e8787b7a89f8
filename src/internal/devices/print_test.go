package devices

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/soundsystem"
)

func TestNothingThereIsSaidPlainly(t *testing.T) {
	var out strings.Builder
	printCameras(&out, nil, nil)
	printMicrophones(&out, []soundsystem.Inventory{
		{Backend: soundsystem.PulseAudio, Problem: errors.New("no server")}, {Backend: soundsystem.ALSA},
	})
	for _, want := range []string{"Cameras: none.", "--device /dev/video0", "Microphones: none.", "pulseaudio: no server", "alsa: no microphone"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %q, without %q", out.String(), want)
		}
	}
}

func TestLongFieldsAreWrapped(t *testing.T) {
	var out strings.Builder
	var words []string
	for i := range 60 {
		words = append(words, fmt.Sprintf("F%03d", i))
	}
	printField(&out, "formats", strings.Join(words, " "))
	for i, line := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		if len(line) > lineWidth || i > 0 && !strings.HasPrefix(line, "           F") {
			t.Errorf("line %d: %q", i, line)
		}
	}
	if got := strings.Fields(out.String())[1:]; !cmp.Equal(got, words) {
		t.Errorf("got %q, want every word once", got)
	}
}
