package microphone

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"av_capture/src/internal/conversion"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
	"av_capture/src/internal/soundsystem"
)

// TestDelayOfAResamplerIsNotInTheArrival passes an impulse on, and looks when it was by
// the arrival of the period that has it, and by what waits behind that in the device. An
// overrun is told once, with the first period after it.
func TestDelayOfAResamplerIsNotInTheArrival(t *testing.T) {
	const period = 441 // [audio frames] in 10 ms
	captured := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}
	for _, rate := range []int{8000, 16000, 44100, 48000, 96000} {
		s := &stream{rate: captured.SampleRate, format: media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: media.F32LE}}
		s.converter = conversion.New(captured, s.format, conversion.Mix(1, 1), 2*period)
		overruns, largest, heard := 0, 0., 0.
		var last time.Duration
		s.hand(func(p media.Period) {
			if p.Overrun {
				overruns++
			}
			if p.Arrival < last || p.Arrival-last > 30*time.Millisecond {
				t.Errorf("to %d Hz: an arrival at %v after one at %v", rate, p.Arrival, last)
			}
			last = p.Arrival
			samples := make([]float64, p.Frames)
			dsp.Decode(samples, p.Data, s.format.Encoding)
			for i, x := range samples {
				if x > largest {
					largest, heard = x, p.Arrival.Seconds()-float64(p.Frames+p.Waiting-i)/float64(rate)
				}
			}
		})
		const impulse = 3 // the period that begins with one
		for number := range 8 {
			data := make([]byte, 2*period)
			if number == impulse {
				data[0], data[1] = 0xff, 0x7f
			}
			waiting := 147 * (number % 4) // a whole number at each rate, and less than a period
			s.pass(soundsystem.Captured{
				Data: data, Frames: period, Waiting: waiting, Overrun: number == 5,
				Arrival: time.Duration(number+1)*10*time.Millisecond + time.Duration(waiting)*time.Second/44100,
			})
		}
		if off := math.Abs(heard - impulse*0.01); off > 0.5/float64(rate)+1e-8 {
			t.Errorf("to %d Hz: the impulse was heard %v s from its time, want half an audio frame at most", rate, off)
		}
		if overruns != 1 {
			t.Errorf("to %d Hz: %d overruns, want 1", rate, overruns)
		}
	}
}

// TestWhatWasDroppedIsToldOnce: its number, or with another rate, in which that is no whole
// number, that there was a loss.
func TestWhatWasDroppedIsToldOnce(t *testing.T) {
	captured := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}
	for rate, want := range map[int]struct {
		lost     uint64
		overruns int
	}{44100: {lost: 1000}, 48000: {overruns: 1}} {
		s := &stream{rate: captured.SampleRate, format: media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: media.F32LE}}
		s.converter = conversion.New(captured, s.format, conversion.Mix(1, 1), 100)
		lost, overruns := uint64(0), 0
		s.hand(func(p media.Period) {
			lost += p.Lost
			if p.Overrun {
				overruns++
			}
		})
		for _, dropped := range []uint64{0, 1000, 0} {
			s.pass(soundsystem.Captured{Data: make([]byte, 2*441), Frames: 441, Dropped: dropped})
		}
		if lost != want.lost || overruns != want.overruns {
			t.Errorf("to %d Hz: %d lost and %d overruns, want %+v", rate, lost, overruns, want)
		}
	}
}

// Sound from before an overrun is neither mixed with later sound nor emitted as such.
func TestAnOverrunSeparatesResampledSound(t *testing.T) {
	const period = 441 // [audio frames] in 10 ms
	captured := media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}
	loud, silent := bytes.Repeat([]byte{0xff, 0x7f}, period), make([]byte, 2*period)
	for _, rate := range []int{8000, 48000, 96000} {
		s := &stream{rate: captured.SampleRate, format: media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: media.F32LE}}
		overrun, told := false, false
		s.converter = conversion.New(captured, s.format, conversion.Mix(1, 1), 2*period)
		frames := 0
		s.hand(func(p media.Period) {
			told = told || p.Overrun
			if !told {
				return
			}
			frames += p.Frames
			samples := make([]float64, p.Frames)
			dsp.Decode(samples, p.Data, s.format.Encoding)
			for i, x := range samples {
				if x != 0 {
					t.Fatalf("to %d Hz: audio frame %d after the overrun is %v, of what came before it", rate, i, x)
				}
			}
		})
		now := time.Duration(0)
		pass := func(data []byte) {
			now += 10 * time.Millisecond
			s.pass(soundsystem.Captured{Data: data, Frames: period, Arrival: now, Overrun: overrun})
			overrun = false
		}
		for range 4 {
			pass(loud)
		}
		overrun = true
		for range 4 {
			pass(silent)
		}
		if !told || frames < rate/50 {
			t.Errorf("to %d Hz: told %v, %d audio frames after it", rate, told, frames)
		}
		if n := testing.AllocsPerRun(20, func() { s.pass(soundsystem.Captured{Data: silent, Frames: period, Arrival: now}) }); n > 1 { // the test's own samples
			t.Errorf("to %d Hz: %v allocations for each period", rate, n)
		}
	}
}

// TestArrivalsOfACardAreExactOnceItTellsOfPartsOfAPeriod: many drivers count whole periods alone,
// and a sound server may change what it buffers.
func TestArrivalsOfACardAreExactOnceItTellsOfPartsOfAPeriod(t *testing.T) {
	const period = 480
	for _, bare := range []bool{false, true} {
		s := &stream{bare: bare}
		var exact []bool
		s.hand(func(p media.Period) { exact = append(exact, p.Exact) })
		for _, waiting := range []int{0, period, 2 * period, 1, 0} {
			s.pass(soundsystem.Captured{Data: make([]byte, 2*period), Frames: period, Waiting: waiting})
		}
		if want := []bool{false, false, false, bare, bare}; !slices.Equal(exact, want) {
			t.Errorf("bare %v: exact %v, want %v", bare, exact, want)
		}
	}
}
