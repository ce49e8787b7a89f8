package speaker_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/playback"
	"av_capture/src/internal/playback/speaker"
	"av_capture/src/internal/soundsystem"
	"av_capture/src/internal/soundsystem/pulsetest"
)

const sink = "module-null-sink sink_name=cellar rate=44100 channels=2 format=s16le sink_properties=device.description=Cellar"

var mono = media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}

// open opens the loudspeaker of the test's server.
func open(t *testing.T, format media.AudioFormat) playback.Device {
	t.Helper()
	c := speaker.Config{Device: "cellar", Backend: soundsystem.PulseAudio, Buffer: time.Second}
	d, err := c.Open(t.Context(), format)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// TestLoudspeakerAsksForMore after the first reads. In the largest formats the requested
// buffer exceeds a block of libpulse.
func TestLoudspeakerAsksForMore(t *testing.T) {
	pulsetest.Start(t, sink)
	for _, format := range []media.AudioFormat{
		mono,
		{SampleRate: 8000, Channels: 1, Encoding: media.U8},
		{SampleRate: 48000, Channels: 2, Encoding: media.S24LE},
		{SampleRate: 192000, Channels: 8, Encoding: media.S32LE},
		{SampleRate: 384000, Channels: 32, Encoding: media.F32LE},
	} {
		d := open(t, format)
		got := d.Format()
		if got.Device = ""; got != format {
			t.Errorf("%v: format %v", format, got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		frames, want := 0, 3*d.Buffered()
		err := d.Run(ctx, func(dst []byte) {
			if len(dst)%format.FrameSize() != 0 {
				t.Errorf("%v: %d bytes asked for", format, len(dst))
			}
			if frames += len(dst) / format.FrameSize(); frames >= want {
				cancel()
			}
		})
		if cancel(); err != nil {
			t.Errorf("%v: %v after %d audio frames, want %d", format, err, frames, want)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestKilledServerIsALoss(t *testing.T) {
	server := pulsetest.Start(t, sink)
	d := open(t, mono)
	killed := make(chan struct{}, 1)
	go func() {
		<-killed
		server.Signal(syscall.SIGKILL)
	}()
	if err := d.Run(t.Context(), func([]byte) {
		select {
		case killed <- struct{}{}:
		default:
		}
	}); !errors.Is(err, media.ErrLost) {
		t.Errorf("Run: %v, want %v", err, media.ErrLost)
	}
}

func TestNothingIsAskedForAfterRun(t *testing.T) {
	pulsetest.Start(t, sink)
	d := open(t, mono)
	for range 3 {
		var returned atomic.Bool
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Run(ctx, func([]byte) {
			if returned.Load() {
				t.Error("asked after Run")
			}
			cancel()
		})
		returned.Store(true)
		if cancel(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLoudspeakersThatCannotBeOpened(t *testing.T) {
	server := pulsetest.Start(t, sink, "module-null-sink sink_name=attic")
	large := mono
	large.Channels = 33
	for _, c := range []struct {
		device string
		format media.AudioFormat
		want   error
		said   string
	}{
		{"roof", mono, media.ErrUnknownDevice, `no such loudspeaker, there are: "Cellar" (pulseaudio cellar`},
		{"cellar.monitor", mono, media.ErrUnknownDevice, "no such loudspeaker"}, // a microphone
		{"c", mono, media.ErrUnknownDevice, "ambiguous name"},
		{"cellar", large, media.ErrUnsupported, "33 channels"},
	} {
		config := speaker.Config{Device: c.device, Backend: soundsystem.PulseAudio}
		if _, err := config.Open(t.Context(), c.format); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.said) {
			t.Errorf("%s: %v, want %v with %q", c.device, err, c.want, c.said)
		}
	}
	server.Kill()
	config := speaker.Config{Device: soundsystem.Default, Backend: soundsystem.PulseAudio}
	for _, err := range []error{
		config.Check(t.Context()),
		func() error { _, err := config.Open(t.Context(), mono); return err }(),
	} {
		if !errors.Is(err, media.ErrAbsent) || !strings.Contains(err.Error(), "plug a loudspeaker in") {
			t.Errorf("without a server: %v, want %v with the cure", err, media.ErrAbsent)
		}
	}
}

func TestConversionIsTold(t *testing.T) {
	pulsetest.Start(t, sink)
	var notices []string
	config := speaker.Config{Device: "cellar", Backend: soundsystem.PulseAudio, Notice: func(text string) { notices = append(notices, text) }}
	for _, channels := range []int{2, 1} {
		format := mono
		format.Channels = channels
		d, err := config.Open(t.Context(), format)
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "44100 Hz, 2 channels, S16LE; the sound system converts 44100 Hz, 1 channel, S16LE") {
		t.Errorf("notices %q, want one with both formats", notices)
	}
}
