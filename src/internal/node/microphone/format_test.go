package microphone

import (
	"context"
	"errors"
	"strings"
	"testing"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"
	"av_capture/src/internal/node/nodetest"
	"av_capture/src/internal/param"
)

// formatOnly is a source that has a format, and gives nothing.
type formatOnly struct{ format media.AudioFormat }

func (s formatOnly) Open(context.Context) (media.AudioFormat, error)     { return s.format, nil }
func (s formatOnly) Run(ctx context.Context, _ func(media.Period)) error { return media.ErrEnd }
func (s formatOnly) Close() error                                        { return nil }

func TestAbsurdSoundIsRefusedBeforeItTakesMemory(t *testing.T) {
	var said media.AudioFormat
	m, err := New(nodetest.NewContext(t), node.Options{Name: "microphone"}, func(Config, func(string)) (acquire.AudioSource, error) {
		return formatOnly{said}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	for _, c := range []struct {
		rate, channels int
		encoding       media.SampleFormat
		fifo           int
		want           string
	}{
		{44100, 32767, media.S16LE, 66000, "channels is 32767, must be 1 to 32"},
		{44100, 33, media.S16LE, 66000, "channels is 33"},
		{1<<32 - 1, 1, media.S16LE, 66000, "sample_rate is 4294967295, must be 1 to 384000"},
		{0, 1, media.S16LE, 66000, "sample_rate is 0"},
		{44100, 0, media.S16LE, 66000, "channels is 0"},
		{44100, -1, media.S16LE, 66000, "channels is -1"},
		{44100, 1, "S64LE", 66000, "encoding"},
		{44100, 32, media.F32LE, 1 << 26, `"fifo_size" is 67108864, but at most 2097152`},
	} {
		said = media.AudioFormat{Device: "a file", SampleRate: c.rate, Channels: c.channels, Encoding: c.encoding}
		config := m.config
		config.FifoSize = c.fifo
		r, err := m.newSession(config)
		if err != nil {
			t.Fatal(err)
		}
		bytes := leaktest.Allocated(func() {
			err = r.run(t.Context(), func(map[string]param.Value) { t.Errorf("%v: accepted", said) }, func() {})
		})
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "convert it") {
			t.Errorf("%v: %v, want a refusal with %q and what to do", said, err, c.want)
		}
		if bytes > 1<<20 {
			t.Errorf("%v: %d bytes were allocated before it was refused", said, bytes)
		}
	}
}
