package synthetic_test

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"av_capture/src/internal/acquire/synthetic"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// values records periods of a signal and returns its first channel's numbers.
// On a machine so busy that some are lost it records anew, for a minute.
func values(t *testing.T, config synthetic.MicrophoneConfig, periods int) []float64 {
	t.Helper()
	config.Encoding = media.F32LE
	lost := func(p media.Period) bool { return p.Lost > 0 }
	deadline := time.Now().Add(time.Minute)
	recorded := record(t, open(t, config), periods)
	for slices.ContainsFunc(recorded, lost) {
		if time.Now().After(deadline) {
			t.Fatal("this machine is too busy: each of the recordings of a minute lacks some sound")
		}
		recorded = record(t, open(t, config), periods)
	}
	var got []float64
	for _, period := range recorded {
		for i := range period.Frames {
			got = append(got, float64(math.Float32frombits(binary.LittleEndian.Uint32(period.Data[i*config.Channels*4:]))))
		}
	}
	return got
}

func TestSweepIsTheFunctionDocumented(t *testing.T) {
	const rate = 16000
	got := values(t, synthetic.MicrophoneConfig{SampleRate: rate, Channels: 2, PeriodFrames: 1600, Signal: synthetic.Sweep}, 12)
	k := math.Log(0.4 * rate / 20)
	phase := func(t float64) float64 { return 200 / k * (math.Exp(t/10*k) - 1) } // [turns]
	for n, x := range got {
		if want := 0.5 * math.Sin(2*math.Pi*phase(float64(n)/rate)); math.Abs(x-want) > 1e-6 {
			t.Fatalf("frame %d: %v, want %v", n, x, want)
		}
	}
	// Its frequency is the derivative of its phase: from 20 Hz to 0.4 of the rate.
	for at, want := range map[float64]float64{0: 20, 5: math.Sqrt(20 * 0.4 * rate), 10: 0.4 * rate} {
		if f := (phase(at+1e-6) - phase(at-1e-6)) / 2e-6; math.Abs(f/want-1) > 1e-3 {
			t.Errorf("%v Hz after %v s, want %v", f, at, want)
		}
	}
}

// TestNoiseIsSplitMix64 checks the sequence against values published for seed
// 1234567, and that it is white.
func TestNoiseIsSplitMix64(t *testing.T) {
	config := synthetic.MicrophoneConfig{SampleRate: 48000, Channels: 1, PeriodFrames: 4800, Signal: synthetic.Noise, Seed: 1234567}
	got := values(t, config, 4)
	for i, z := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if want := float64(float32(float64(z>>11)/(1<<53) - 0.5)); got[i] != want {
			t.Errorf("number %d: %v, want %v", i, got[i], want)
		}
	}
	var sum, squares, products float64
	for i, x := range got {
		sum += x
		squares += x * x
		if i > 0 {
			products += x * got[i-1]
		}
	}
	n := float64(len(got))
	if mean := sum / n; math.Abs(mean) > 0.01 {
		t.Errorf("mean %v, want 0", mean)
	}
	if variance := squares / n; math.Abs(variance*12-1) > 0.03 {
		t.Errorf("variance %v, want %v", variance, 1./12)
	}
	if correlation := products / squares; math.Abs(correlation) > 0.03 {
		t.Errorf("correlation of neighbours %v, want 0", correlation)
	}
	config.Seed = 7
	if other := values(t, config, 1); other[0] == got[0] {
		t.Error("another seed gives the same noise")
	}
}

func TestNoiseOfChannelsIsIndependent(t *testing.T) {
	m := open(t, synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 2, PeriodFrames: 8, Encoding: media.F32LE, Signal: synthetic.Noise})
	period := record(t, m, 1)[0]
	samples := make([]float64, 16)
	dsp.Decode(samples, period.Data, media.F32LE)
	mono := values(t, synthetic.MicrophoneConfig{SampleRate: 8000, Channels: 1, PeriodFrames: 16, Signal: synthetic.Noise}, 1)
	for i := range samples {
		if samples[i] != mono[i] {
			t.Errorf("sample %d: %v, want number %d of the sequence, %v", i, samples[i], i, mono[i])
		}
	}
}

// TestImpulsesAreAtWholeSeconds: an audio frame's time is that at which its
// period's last frame was due, less those that follow it.
func TestImpulsesAreAtWholeSeconds(t *testing.T) {
	const rate = 8000
	m := open(t, synthetic.MicrophoneConfig{SampleRate: rate, Channels: 1, PeriodFrames: 80, Encoding: media.F32LE, Signal: synthetic.Impulses, SystemTime: clock.System})
	var impulses []uint64
	var frame, total uint64
	begun := time.Duration(math.MaxInt64)
	for _, period := range record(t, m, 320) {
		frame += period.Lost
		for i := range period.Frames {
			if x := math.Float32frombits(binary.LittleEndian.Uint32(period.Data[4*i:])); x == 0.5 {
				impulses = append(impulses, frame+uint64(i))
			} else if x != 0 {
				t.Fatalf("%v between the impulses", x)
			}
		}
		frame += uint64(period.Frames)
		total = frame
		begun = min(begun, period.Arrival-time.Duration(frame)*time.Second/rate)
	}
	if len(impulses) < 2 || len(impulses) > 4 {
		t.Fatalf("%d impulses in %v s", len(impulses), float64(total)/rate)
	}
	for _, at := range impulses {
		// begun is the begin of frame 0 by the periods that were not late.
		when := clock.System(begun + time.Duration(at)*time.Second/rate)
		if off := when.Sub(when.Round(time.Second)); off.Abs() > 50*time.Millisecond {
			t.Errorf("impulse %v off a whole second", off)
		}
	}
	for i := range len(impulses) - 1 {
		if apart := impulses[i+1] - impulses[i]; apart < rate-2 || apart > rate+2 {
			t.Errorf("impulses %d frames apart, want %d", apart, rate)
		}
	}
}

func TestUnknownSignalIsRefused(t *testing.T) {
	for _, config := range []synthetic.MicrophoneConfig{
		{SampleRate: 8000, Channels: 1, PeriodFrames: 80, Encoding: media.S16LE, Signal: "music"},
		{SampleRate: 50, Channels: 1, PeriodFrames: 80, Encoding: media.S16LE, Signal: synthetic.Sweep},
	} {
		if _, err := synthetic.NewMicrophone(config).Open(t.Context()); !errors.Is(err, media.ErrUnsupported) {
			t.Errorf("%+v: %v, want %v", config, err, media.ErrUnsupported)
		}
	}
}
