package film

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// epoch is the time of the tests' output frame 0.
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

// tone is a sine, whose values tell the time to some microseconds.
func tone(at float64) float64 { return 0.5 * math.Sin(2*math.Pi*440*at) }

var telephone = media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}

// off returns by how much the time of a tone's samples from a second on is wrong [s].
func (r *reel) off(second int) float64 {
	worst := 0.
	for i := second * 8000; i < second*8000+4000; i++ {
		worst = max(worst, math.Abs(r.samples[i]-tone(float64(i)/8000)))
	}
	return worst / (0.5 * 2 * math.Pi * 440)
}

func TestSoundIsAtItsStampsWhateverTheMicrophonesClock(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	jitter := func() time.Duration { return time.Duration(random.NormFloat64() * float64(time.Millisecond)) }
	for _, c := range []struct {
		fast   float64
		jitter func() time.Duration
		block  int
		error  float64 // [s] that is allowed
	}{
		{0, nil, 80, 1e-6},
		{400e-6, nil, 80, 100e-6},
		{-400e-6, nil, 80, 100e-6},
		{400e-6, nil, 8000, 400e-6}, // blocks so long take some of them to follow
		{-400e-6, jitter, 80, 500e-6},
	} {
		m := &microphone{format: telephone, fast: c.fast, start: 123456789 * time.Nanosecond, jitter: c.jitter, signal: tone}
		r := &reel{t: t, next: -1}
		s := newSoundtrack(telephone, epoch, r.take)
		const end = 60 * 8000
		for first := 0; first < end; first += c.block {
			if err := s.add(m.block(uint64(first), c.block)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.finish(); err != nil {
			t.Fatal(err)
		}
		if got, want := float64(len(r.samples))/8000, m.at(end); math.Abs(got-want) > 1e-3 {
			t.Errorf("%+v: the sound ends at %.6f s, want %.6f", c, got, want)
		}
		for _, at := range []int{5, 20, 58} {
			if off := r.off(at); off > c.error {
				t.Errorf("%+v: at %d s the sound is off by %.1f us", c, at, off*1e6)
			}
		}
	}
}

func TestSoundWhoseClockIsExactPassesAsItIs(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	m := &microphone{format: telephone, signal: func(float64) float64 { return random.Float64() - 0.5 }}
	r := &reel{t: t, next: -1}
	s := newSoundtrack(telephone, epoch, r.take)
	var want []float64
	for first := uint64(0); first < 80000; first += 441 {
		b := m.block(first, 441)
		samples := make([]float64, 441)
		dsp.Decode(samples, b.Data, b.Format.Encoding)
		want = append(want, samples...)
		if err := s.add(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.finish(); err != nil || !slices.Equal(r.samples, want) {
		t.Errorf("%d samples are not the %d that were given, %v", len(r.samples), len(want), err)
	}
}

func TestLostSoundIsSilenceOfItsLength(t *testing.T) {
	m := &microphone{format: telephone, signal: func(float64) float64 { return 0.25 }}
	r := &reel{t: t, next: -1}
	s := newSoundtrack(telephone, epoch, r.take)
	add := func(first uint64, epoch uint32, later time.Duration) {
		b := m.block(first, 800)
		b.Epoch = epoch
		b.Stamp += later
		if err := s.add(b); err != nil {
			t.Fatal(err)
		}
	}
	add(0, 0, 0)
	add(1600, 0, 0)                    // 0.1 s are lost
	add(2400, 1, 500*time.Millisecond) // the device is opened anew
	add(3200, 1, 300*time.Millisecond) // overlaps: what is there stays
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}
	var runs []int // lengths of sound and silence in turn
	for i, x := range r.samples {
		if loud := math.Abs(x) > 0.125; i == 0 || loud != (math.Abs(r.samples[i-1]) > 0.125) {
			runs = append(runs, 0)
		}
		runs[len(runs)-1]++
	}
	want := []int{800, 800, 800, 4000, 800}
	same := slices.EqualFunc(runs, want, func(a, b int) bool { return a-b <= 1 && b-a <= 1 })
	if !same {
		t.Errorf("sound and silence of %d samples, want %d", runs, want)
	}
	if s.silence < 4799 || s.silence > 4801 {
		t.Errorf("%d of silence", s.silence)
	}
}

func TestPacketsOfSoundAreWholeMilliseconds(t *testing.T) {
	for rate, want := range map[int]int64{44100: 1764, 48000: 1920, 8000: 320, 11025: 441, 22050: 882, 44101: 1764, 1: 1} {
		if got := packetUnit(rate); got != want {
			t.Errorf("%d Hz: %d, want %d", rate, got, want)
		}
	}
}

func TestSoundGoesOnAfterItsEndWithSilenceBetween(t *testing.T) {
	m := &microphone{format: media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}, signal: tone}
	r := &reel{t: t}
	s := newSoundtrack(m.format, epoch, r.take)
	for _, first := range []uint64{0, 16000} {
		if err := s.add(m.block(first, 8000)); err != nil {
			t.Fatal(err)
		}
		if err := s.finish(); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.samples) != 24000 || s.silence != 8000 {
		t.Fatalf("%d audio frames, %d of them silence, want 24000 and 8000", len(r.samples), s.silence)
	}
	for i, x := range r.samples {
		want := tone(float64(i) / 8000)
		if i/8000 == 1 {
			want = 0
		}
		if math.Abs(x-want) > 1e-4 {
			t.Fatalf("sample %d is %g, want %g", i, x, want)
		}
	}
}

func TestSamplesThatAreNoNumbersOrTooLargeAreBounded(t *testing.T) {
	r := &reel{t: t}
	format := media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.F32LE}
	s := newSoundtrack(format, 0, r.take)
	var data []byte
	given := []float64{0.5, math.NaN(), math.Inf(1), math.Inf(-1), 3e38, 2}
	for _, x := range given {
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(x)))
	}
	if err := s.add(&Block{Format: format, Data: data}); err != nil {
		t.Fatal(err)
	}
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}
	if want := []float64{0.5, 0, loudest, -loudest, loudest, 2}; !slices.Equal(r.samples, want) {
		t.Errorf("%v, want %v", r.samples, want)
	}
}
