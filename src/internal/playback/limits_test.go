package playback

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

func TestWhatCannotBePlayedTakesNoMemoryAndChangesNothing(t *testing.T) {
	var said []string
	p := NewPlayer(Config{
		Target: 10 * time.Second,
		Info:   func(string) {},
		Error:  func(text string) { said = append(said, text) },
	})
	good := Block{Format: media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}, Data: make([]byte, 1600)}
	p.Put(good)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	formats := []media.AudioFormat{
		{SampleRate: 1<<32 - 1, Channels: 254, Encoding: media.S16LE},
		{SampleRate: 1<<32 - 1, Channels: 1, Encoding: media.U8},
		{SampleRate: 44100, Channels: 1<<16 - 1, Encoding: media.F32LE},
		{SampleRate: 384000, Channels: 32, Encoding: media.F32LE}, // 491 MB of 10 s
		{SampleRate: 0, Channels: 1, Encoding: media.U8},
		{SampleRate: 44100, Channels: 0, Encoding: media.U8},
		{SampleRate: 44100, Channels: 1, Encoding: "MP3"},
	}
	for range 100 {
		for _, format := range formats {
			p.Put(Block{First: 1 << 62, Format: format, Data: make([]byte, 8)})
		}
	}
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 16<<20 {
		t.Errorf("%d bytes were allocated", bytes)
	}
	good.First = 800
	p.Put(good)
	if s := p.Statistics(); s.Streams != 1 || s.Fill != 200*time.Millisecond || s.Ignored != uint64(100*len(formats)) || s.Restarts != 0 {
		t.Errorf("%+v, want one stream with 200 ms, and %d blocks ignored", s, 100*len(formats))
	}
	if len(said) != 1 || !strings.Contains(said[0], "must be 1 to 384000") {
		t.Errorf("said %q, want the first reason once", said)
	}
}

func TestFormatsThatChangeAllTheTimeTakeBoundedMemory(t *testing.T) {
	p := NewPlayer(Config{Target: time.Second, Info: func(string) {}, Error: func(text string) { t.Error(text) }})
	for i := range 200 {
		p.Put(Block{
			First:  1 << 62,
			Format: media.AudioFormat{SampleRate: 384000 - i, Channels: 32, Encoding: media.S32LE},
			Data:   make([]byte, 128),
		})
	}
	if held := p.memory(); held > (waitingStreams+1)*page {
		t.Errorf("%d bytes are held of %d formats", held, waitingStreams+1)
	}
	if got := p.Statistics().Streams; got != 200 {
		t.Errorf("%d streams have begun, want 200", got)
	}
}

// The present stream is never dropped for another one, so that the two must fit.
func TestTwoLargeStreamsTakeBoundedMemory(t *testing.T) {
	const target = 4 * time.Second
	p := NewPlayer(Config{Target: target, Info: func(string) {}, Error: func(string) {}})
	played := 0
	for _, rate := range []int{384000, 380000, 200000, 190000} {
		format := media.AudioFormat{SampleRate: rate, Channels: 32, Encoding: media.F32LE}
		if check(format, target) == nil {
			played++
		}
		data := make([]byte, 1<<20)
		for i := range uint64(250) {
			p.Put(Block{First: i * uint64(len(data)/format.FrameSize()), Format: format, Data: data})
		}
		if held := p.memory(); held > maxMemory {
			t.Fatalf("%d MB are held, want at most %d", held>>20, maxMemory>>20)
		}
	}
	if played < 2 {
		t.Errorf("%d of the formats can be played, want two", played)
	}
}

// Every format that can be played fits into the memory.
func TestEveryPlayableFormatCanBeHeld(t *testing.T) {
	for _, encoding := range media.SampleFormats {
		format := media.AudioFormat{SampleRate: media.MaxSampleRate, Channels: media.MaxChannels, Encoding: encoding}
		if err := check(format, 200*time.Millisecond); err != nil {
			t.Error(err)
		}
	}
	err := check(media.AudioFormat{SampleRate: media.MaxSampleRate, Channels: media.MaxChannels, Encoding: media.F32LE}, 10*time.Second)
	if err == nil || !strings.Contains(err.Error(), "--buffer") {
		t.Errorf("%v, want what to change", err)
	}
}

// The device may read while a block arrives: none of its sound is lost by that.
func TestReadWhileABlockArrivesLosesNothing(t *testing.T) {
	const length = 1000
	r := NewRing(media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}, time.Millisecond)
	sound := bytes.Repeat([]byte{1, 0}, length)
	played := 0
	read := func(frames int, now time.Duration) {
		output := make([]byte, 2*frames)
		r.Read(output, now)
		played += bytes.Count(output, []byte{1, 0})
	}
	r.Put(0, sound, 0)
	read(length, time.Second)
	if played != length {
		t.Fatalf("%d of %d were played", played, length)
	}
	r.arrive(0, length, time.Second)
	read(10, time.Second)
	r.append(length, func(slots []byte, _ int64) { copy(slots, sound) })
	read(300, time.Second)
	r.Put(0, sound, time.Second)
	for range 3 {
		read(length, 2*time.Second)
	}
	if c := r.Counts(); played != 3*length || c.Skipped != 0 || c.Underruns != 1 || c.Late != 10 {
		t.Errorf("%d of %d were played, %+v", played, 3*length, c)
	}
}

// The silence that the device plays while a block arrives is part of the gap before the
// block: the gap keeps its length, and only silence beyond it is an underrun.
func TestReadWhileAGapArrivesKeepsItsLength(t *testing.T) {
	const length = 1000
	r := NewRing(media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S16LE}, time.Millisecond)
	gap := int(r.chunk()) + 300
	for _, test := range []struct {
		reads     []int // [audio frames] before each part of the gap, and before the sound
		underruns int
		late      int // [audio frames]
	}{
		{reads: []int{10}},
		{reads: []int{0, gap - 300 + 20}},
		{reads: []int{10, gap - 300 + 20}},
		{reads: []int{10, gap - 10}},
		{reads: []int{gap}},
		{reads: []int{gap + 5}, underruns: 1, late: 5},
		{reads: []int{10, gap - 10 + 5}, underruns: 1, late: 5},
		{reads: []int{0, 0, gap + 5}, underruns: 1, late: 5},
	} {
		r := NewRing(r.Format(), time.Millisecond)
		sound := bytes.Repeat([]byte{1, 0}, length)
		var played []byte
		read := func(frames int) {
			output := make([]byte, 2*frames)
			r.Read(output, time.Second)
			played = append(played, output...)
		}
		r.Put(0, sound, 0)
		read(length)
		reads := append(test.reads, 0, 0, 0)
		for rest := int64(r.arrive(uint64(gap), length, time.Second)); rest > 0; {
			read(reads[0])
			reads = reads[1:]
			rest -= r.appendSilence(rest)
		}
		read(reads[0])
		r.append(length, func(slots []byte, _ int64) { copy(slots, sound) })
		read(gap + length)
		want := slices.Concat(sound, make([]byte, 2*(gap+test.late)), sound)
		if len(played) < len(want) || !bytes.Equal(played[:len(want)], want) {
			silence := bytes.Index(played[len(sound):], sound) / 2
			t.Errorf("%+v: silence of %d, want %d", test, silence, gap+test.late)
		}
		c := r.Counts()
		if c.Played != uint64(gap+2*length) || c.Missing != uint64(gap) || c.Underruns != uint64(test.underruns) || c.Late != uint64(test.late) {
			t.Errorf("%+v: %+v", test, c)
		}
	}
}
