package film

import (
	"fmt"
	"math"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

// second is the time of the tests' first stamp.
const epoch = 1_700_000_000 * time.Second

// microphone makes blocks of a signal that is a function of time, as a microphone records it
// whose clock is wrong.
type microphone struct {
	format media.AudioFormat
	fast   float64       // by how much its clock is too fast
	start  time.Duration // since epoch, of audio frame 0
	jitter func() time.Duration
	signal func(at float64) float64 // of time since epoch [s]
}

// at returns the time of an audio frame since epoch [s].
func (m *microphone) at(frame uint64) float64 {
	return m.start.Seconds() + float64(frame)/(float64(m.format.SampleRate)*(1+m.fast))
}

func (m *microphone) block(first uint64, frames int) *Block {
	b := &Block{First: first, Stamp: epoch + time.Duration(m.at(first)*1e9), Format: m.format}
	if m.jitter != nil {
		b.Stamp += m.jitter()
	}
	for i := range frames {
		x := int16(math.Round(m.signal(m.at(first+uint64(i))) * 32767))
		b.Data = append(b.Data, byte(x), byte(x>>8))
	}
	return b
}

// reel collects the output of a soundtrack.
type reel struct {
	t       *testing.T
	unit    int64
	next    int64
	samples []float64 // from output frame 0 on
}

func (r *reel) take(first int64, samples []float64) error {
	if r.next >= 0 && first != r.next {
		r.t.Fatalf("a packet begins at %d, want %d", first, r.next)
	}
	for int64(len(r.samples)) < first {
		r.samples = append(r.samples, math.NaN())
	}
	r.samples = append(r.samples, samples...)
	r.next = first + int64(len(samples))
	return nil
}

// tone is a chirp whose phase tells the time to some microseconds.
func tone(at float64) float64 { return 0.5 * math.Sin(2*math.Pi*440*at) }

func TestSoundIsAtItsStampsWhateverTheMicrophonesClock(t *testing.T) {
	format := media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}
	for _, fast := range []float64{0, 400e-6, -400e-6} {
		t.Run(fmt.Sprint(fast), func(t *testing.T) {
			m := &microphone{format: format, fast: fast, start: 123456789 * time.Nanosecond, signal: tone}
			r := &reel{t: t, next: -1}
			s := newSoundtrack(format, epoch, r.take)
			const hour = 3600 * 8000
			for first := uint64(0); first < hour; first += 800 {
				if err := s.add(m.block(first, 800)); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.finish(); err != nil {
				t.Fatal(err)
			}
			if got, want := float64(len(r.samples))/8000, m.at(hour); math.Abs(got-want) > 1e-3 {
				t.Errorf("the sound ends at %.6f s, want %.6f", got, want)
			}
			for _, at := range []int{1, 2, 10, 1800, 3598} {
				worst := 0.
				for i := at * 8000; i < at*8000+4000; i++ {
					worst = max(worst, math.Abs(r.samples[i]-tone(float64(i)/8000)))
				}
				if worst > 0.5*2*math.Pi*440*100e-6 { // a skew of 100 us
					t.Errorf("at %d s the sound is off by %.1f us", at, worst/(0.5*2*math.Pi*440)*1e6)
				}
			}
		})
	}
}
