package synthetic_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/media"
)

// record runs the microphone until it has given so many periods, and returns
// copies of them.
func record(t *testing.T, m acquire.AudioSource, periods int) []media.Period {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []media.Period
	err := m.Run(ctx, func(p media.Period) {
		p.Data = bytes.Clone(p.Data)
		if got = append(got, p); len(got) == periods {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != periods {
		t.Fatalf("%d periods, want %d: emitted after the end", len(got), periods)
	}
	return got
}

func open(t *testing.T, config synthetic.MicrophoneConfig) acquire.AudioSource {
	t.Helper()
	m := acquire.Check(synthetic.NewMicrophone(config))
	format, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	want := media.AudioFormat{Device: format.Device, SampleRate: config.SampleRate, Channels: config.Channels, Encoding: config.Encoding}
	if format != want || format.Device == "" {
		t.Fatalf("format %+v, want %+v", format, want)
	}
	return m
}

// TestTonesAreTheFunctionDocumented recomputes the samples by the formula in
// the documentation, without the package's own functions.
func TestTonesAreTheFunctionDocumented(t *testing.T) {
	const rate, channels = 44100, 2
	m := open(t, synthetic.MicrophoneConfig{SampleRate: rate, Channels: channels, Encoding: media.S16LE, PeriodFrames: 441})
	n := 0
	for _, period := range record(t, m, 30) {
		n += int(period.Lost)
		if period.Frames != 441 || len(period.Data) != 441*channels*2 {
			t.Fatalf("period of %d frames in %d bytes", period.Frames, len(period.Data))
		}
		for i := range period.Frames {
			x := 0.25*math.Sin(2*math.Pi*math.Mod(440*float64(n), rate)/rate) +
				0.25*math.Sin(2*math.Pi*math.Mod(1000*float64(n), rate)/rate)
			for c := range channels {
				got := int16(binary.LittleEndian.Uint16(period.Data[(i*channels+c)*2:]))
				if want := int16(math.RoundToEven(x / float64(c+1) * 32768)); got != want {
					t.Fatalf("frame %d channel %d: %d, want %d", n, c, got, want)
				}
			}
			n++
		}
	}
}

func TestEveryEncodingHasTheSameSound(t *testing.T) {
	for _, encoding := range media.SampleFormats {
		m := open(t, synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 1, Encoding: encoding, PeriodFrames: 80,
			Tones: []synthetic.Tone{{Frequency: 2000, Amplitude: 0.5}}})
		data := record(t, m, 1)[0].Data
		// A quarter of the rate: 0, 0.5, 0, −0.5 of full scale.
		want := map[media.SampleFormat][]byte{
			media.U8:    {128, 192, 128, 64},
			media.S16LE: {0, 0, 0, 0x40, 0, 0, 0, 0xc0},
			media.S24LE: {0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0xc0},
		}[encoding]
		if want != nil && !bytes.Equal(data[:len(want)], want) {
			t.Errorf("%s: % x, want % x", encoding, data[:len(want)], want)
		}
		if got := len(data); got != 80*encoding.Size() {
			t.Errorf("%s: %d bytes, want %d", encoding, got, 80*encoding.Size())
		}
		switch encoding {
		case media.S32LE:
			if got := int32(binary.LittleEndian.Uint32(data[4:])); got != 1<<30 {
				t.Errorf("%s: %d, want %d", encoding, got, 1<<30)
			}
		case media.F32LE:
			if got := math.Float32frombits(binary.LittleEndian.Uint32(data[4:])); got != 0.5 {
				t.Errorf("%s: %v, want 0.5", encoding, got)
			}
		}
	}
}

func TestMicrophoneKeepsItsRate(t *testing.T) {
	m := open(t, synthetic.MicrophoneConfig{SampleRate: 48000, Channels: 1, Encoding: media.S16LE, PeriodFrames: 480})
	before := clock.Monotonic()
	for k, period := range record(t, m, 50) {
		if earliest := before + time.Duration(k+1)*10*time.Millisecond; period.Arrival < earliest {
			t.Errorf("period %d arrived %v before its last frame", k, earliest-period.Arrival)
		}
	}
}

// TestStalledConsumerIsToldWhatItLost blocks in emit for longer than the
// buffer, and finds the phase of the tones where the count says it is.
func TestStalledConsumerIsToldWhatItLost(t *testing.T) {
	const rate = 8000
	m := open(t, synthetic.MicrophoneConfig{SampleRate: rate, Channels: 1, Encoding: media.F32LE, PeriodFrames: 80,
		Tones: []synthetic.Tone{{Frequency: 0.37, Amplitude: 1}}}) // its values tell the index for half a second and more
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var next, lost uint64
	err := m.Run(ctx, func(p media.Period) {
		if next == 0 {
			time.Sleep(timing.Buffered + 300*time.Millisecond)
		}
		next += p.Lost
		lost += p.Lost
		got := math.Float32frombits(binary.LittleEndian.Uint32(p.Data))
		want := float32(math.Sin(2 * math.Pi * math.Mod(0.37*float64(next), rate) / rate))
		if got != want {
			t.Errorf("frame %d is %v, want %v", next, got, want)
			cancel()
		}
		if next += uint64(p.Frames); lost > 0 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if lost == 0 {
		t.Error("nothing was reported as lost")
	}
}

func TestBadMicrophoneIsRefused(t *testing.T) {
	good := synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 1, Encoding: media.S16LE, PeriodFrames: 80}
	for name, spoil := range map[string]func(*synthetic.MicrophoneConfig){
		"rate 0":               func(c *synthetic.MicrophoneConfig) { c.SampleRate = 0 },
		"negative channels":    func(c *synthetic.MicrophoneConfig) { c.Channels = -1 },
		"unknown encoding":     func(c *synthetic.MicrophoneConfig) { c.Encoding = "S16" },
		"period 0":             func(c *synthetic.MicrophoneConfig) { c.PeriodFrames = 0 },
		"tone above half rate": func(c *synthetic.MicrophoneConfig) { c.Tones = []synthetic.Tone{{4000, 0.1}} },
		"tone not a number":    func(c *synthetic.MicrophoneConfig) { c.Tones = []synthetic.Tone{{math.NaN(), 0.1}} },
		"tones too loud":       func(c *synthetic.MicrophoneConfig) { c.Tones = []synthetic.Tone{{1, 0.6}, {2, 0.6}} },
	} {
		bad := good
		spoil(&bad)
		if _, err := synthetic.NewMicrophone(bad).Open(t.Context()); !errors.Is(err, media.ErrUnsupported) {
			t.Errorf("%s: %v, want %v", name, err, media.ErrUnsupported)
		}
	}
}

func TestMicrophoneOpensAgainFromFrameZero(t *testing.T) {
	m := acquire.Check(synthetic.NewMicrophone(synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 1, Encoding: media.S16LE, PeriodFrames: 80}))
	var first []byte
	for range 2 {
		if _, err := m.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := record(t, m, 1)[0].Data
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) {
			t.Error("the second life begins with other samples than the first")
		}
		if err := errors.Join(m.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestWhoArmsDuringEmitIsWokenEarlyRatherThanLate: the sound that is being emitted has not
// reached the reader that arms.
func TestWhoArmsDuringEmitIsWokenEarlyRatherThanLate(t *testing.T) {
	m := synthetic.NewMicrophone(synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 1, Encoding: media.U8, PeriodFrames: 2000})
	if _, err := m.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	supply := m.Supply()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := m.Run(ctx, func(media.Period) {
		if !supply.Arm(1) {
			t.Error("the sound that is being emitted counts as emitted")
		}
		cancel()
	}); err != nil {
		t.Error(err)
	}
}
