package soundsystem

import (
	"os"
	"path/filepath"
	"testing"

	"av_capture/src/internal/media"
)

// plugins is a configuration of ALSA's with plug-ins that convert, on top of devices
// without hardware: a microphone array, and one whose encoding miniaudio does not know.
const plugins = `
pcm.null { type null hint { show on description "Nothing" } }
pcm.array { type plug slave { pcm { type null } format S16_LE channels 6 rate 16000 } hint { show on description "Array" } }
pcm.exotic { type plug slave { pcm { type null } format S24_LE channels 2 rate 48000 } hint { show on description " " } }
ctl.null { type hw card 0 }
`

// TestPluginsOfALSAConvertNothing: they give the format of the device below them, which
// miniaudio leaves alone.
func TestPluginsOfALSAConvertNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alsa.conf")
	if err := os.WriteFile(path, []byte(plugins), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ALSA_CONFIG_PATH", path)
	wanted := Format{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}
	for name, want := range map[string]Format{
		"array":  {SampleRate: 16000, Channels: 6, Encoding: media.S16LE},
		"exotic": {SampleRate: 48000, Channels: 2, Encoding: media.S16LE},
	} {
		s, d, err := Locate(Microphone, ALSA, name)
		if err != nil {
			t.Fatal(err)
		}
		stream, err := s.Open(d, Config{Name: "test", Format: wanted, PeriodFrames: 160, Periods: 3}, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			s.Close()
			continue
		}
		format := stream.Format()
		if got := (Format{format.SampleRate, format.Channels, format.Encoding}); got != want {
			t.Errorf("%s gives %v, want %v", name, got, want)
		}
		stream.Free()
	}
}
