package microphone

import (
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

func TestConfigIsValidated(t *testing.T) {
	good := Config{SampleRate: 44100, Channels: 1, Encoding: media.S16LE, PeriodFrames: 441}
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	for parameter, spoil := range map[string]func(*Config){
		"sample_rate":   func(c *Config) { c.SampleRate = -1 },
		"channels":      func(c *Config) { c.Channels = soundsystem.MaxChannels + 1 },
		"sample_format": func(c *Config) { c.Encoding = "S16" },
		"block_size":    func(c *Config) { c.PeriodFrames = 0 },
		"backend":       func(c *Config) { c.Backend = "null" },
	} {
		bad := good
		spoil(&bad)
		_, err := New(bad).Open(t.Context())
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), parameter) {
			t.Errorf("bad %s: %v, want %v that names it", parameter, err, media.ErrUnsupported)
		}
	}
}
