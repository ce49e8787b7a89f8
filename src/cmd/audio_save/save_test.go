package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/media"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/wav/wavtest"
)

const rate = 8000 // [Hz]

// newSaver returns a saver of one publisher's sound, and the function that gives it blocks.
func newSaver(t *testing.T, o options) (s *saver, take func(subscriber.Block) error) {
	t.Helper()
	s = &saver{
		options: &o, topic: "/microphone/audio", mixed: func() int { return 0 },
		path: filepath.Join(t.TempDir(), "sound.wav"), cancel: func() {},
	}
	file, err := o.create(s.path)
	if err != nil {
		t.Fatal(err)
	}
	closed := false
	t.Cleanup(func() {
		if !closed {
			s.close(file)
		}
	})
	return s, func(b subscriber.Block) error {
		if b.Data == nil {
			closed = true
			return s.close(file)
		}
		return s.take(file, b)
	}
}

// end is no block: newSaver's take closes the files.
var end = subscriber.Block{}

func block(encoding media.SampleFormat, first uint64, data []byte) subscriber.Block {
	return subscriber.Block{First: first, Format: media.AudioFormat{SampleRate: rate, Channels: 1, Encoding: encoding}, Data: data}
}

// files reads the files in the folder of a saver, by name.
func files(t *testing.T, s *saver) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		_, found[entry.Name()] = wavtest.Load(t, filepath.Join(filepath.Dir(s.path), entry.Name()))
	}
	return found
}

func TestSoundThatCountsBackwardsMakesBoundedFilesAndLosesNone(t *testing.T) {
	s, take := newSaver(t, options{gaps: "fill"})
	var err error
	var want [][]byte
	for i := range uint64(1000) {
		data := wavtest.Noise(i, 2*100)
		if err = take(block(media.S16LE, 1<<40-1000*i, data)); err != nil {
			break
		}
		want = append(want, data)
	}
	if err == nil || !strings.Contains(err.Error(), "100 files already") || !strings.Contains(err.Error(), "ros2 topic info") {
		t.Errorf("%v, want an end that says what to do", err)
	}
	if err := take(end); err != nil {
		t.Error(err)
	}
	found := files(t, s)
	if len(found) != mostParts || len(want) != mostParts {
		t.Errorf("%d files of %d blocks, want %d", len(found), len(want), mostParts)
	}
	for i, data := range want {
		name := "sound.wav"
		if i > 0 {
			name = fmt.Sprintf("sound_part%d.wav", i+1)
		}
		if !bytes.Equal(found[name], data) {
			t.Errorf("%s has %d bytes that are not those of block %d", name, len(found[name]), i)
		}
	}
}

func TestALongGapGoesOnInAnotherFile(t *testing.T) {
	const hour = 3600 * rate
	for _, c := range []struct {
		name     string
		encoding media.SampleFormat
		firsts   []uint64
		files    []int // [audio frames] in each
	}{
		{"an hour", media.S16LE, []uint64{0, hour + 100}, []int{hour + 200}},
		{"more than an hour", media.S16LE, []uint64{0, hour + 101}, []int{100, 100}},
		{"three hours in all", media.S16LE, []uint64{0, hour, 2 * hour, 3 * hour, 3*hour + 300}, []int{3*hour + 400}},
		{"as far as counting goes", media.S16LE, []uint64{5, 1 << 62}, []int{100, 100}},
		{"where silence takes room", media.U8, []uint64{5, 1 << 40, 1 << 62}, []int{100, 100, 100}},
	} {
		s, take := newSaver(t, options{gaps: "fill"})
		for i, first := range c.firsts {
			data := wavtest.Noise(uint64(i), 100*c.encoding.Size())
			if err := take(block(c.encoding, first, data)); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if err := take(end); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		found := files(t, s)
		if len(found) != len(c.files) {
			t.Errorf("%s: %d files, want %d", c.name, len(found), len(c.files))
		}
		for i, frames := range c.files {
			name := "sound.wav"
			if i > 0 {
				name = fmt.Sprintf("sound_part%d.wav", i+1)
			}
			if got := len(found[name]) / c.encoding.Size(); got != frames {
				t.Errorf("%s: %s has %d audio frames, want %d", c.name, name, got, frames)
			}
		}
	}
}

// As much silence as there is sound is always written, and no more of the disk.
func TestSilenceThatTakesRoomIsBounded(t *testing.T) {
	s, _ := newSaver(t, options{gaps: "fill"})
	wide := media.AudioFormat{SampleRate: media.MaxSampleRate, Channels: media.MaxChannels, Encoding: media.U8}
	room := uint64(silenceRoom / wide.FrameSize())
	if !s.bearable(wide, room) || s.bearable(wide, room+media.MaxSampleRate) {
		t.Errorf("%d audio frames of %v are no bound", room, wide)
	}
	s.sound, s.silence = 5*time.Hour, 4*time.Hour
	if !s.bearable(wide, 1800*media.MaxSampleRate) || s.bearable(wide, 3601*media.MaxSampleRate) {
		t.Error("silence of a long recording is not bounded by its sound")
	}
	s.silence = 5 * time.Hour
	if s.bearable(wide, media.MaxSampleRate) {
		t.Error("there is more silence than sound")
	}
}

// One gap too many opens one other file, not one each from then on.
func TestSilenceIsBoundedInEachFile(t *testing.T) {
	s, take := newSaver(t, options{gaps: "fill"})
	for i := range uint64(200) {
		if i == 1 {
			s.silence = time.Duration(1<<62 - 1) // as after gaps that would take long to write
		}
		if err := take(block(media.U8, 200*i, make([]byte, 100))); err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
	}
	if err := take(end); err != nil {
		t.Error(err)
	}
	found := files(t, s)
	if got := []int{len(found["sound.wav"]), len(found["sound_part2.wav"])}; len(found) != 2 || got[0] != 100 || got[1] != 198*200+100 {
		t.Errorf("%d files, the first of %v audio frames, want 100 and %d", len(found), got, 198*200+100)
	}
}

func TestAnEarlyEndCutsSilenceAndSaysSo(t *testing.T) {
	s, take := newSaver(t, options{gaps: "fill"})
	format := media.AudioFormat{SampleRate: media.MaxSampleRate, Channels: media.MaxChannels, Encoding: media.U8}
	data := make([]byte, format.FrameSize())
	gap := uint64(silenceRoom/format.FrameSize()) - 1
	if err := errors.Join(
		take(subscriber.Block{Format: format, Data: data}),
		func() error { s.cutShort(); return nil }(),
		take(subscriber.Block{Format: format, First: 1 + gap, Data: data}),
	); err != nil {
		t.Fatal(err)
	}
	err := take(end)
	if err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("%v, want to hear that it is cut off", err)
	}
	if found := files(t, s); len(found["sound.wav"]) >= silenceRoom {
		t.Errorf("%d bytes were written before the early end", len(found["sound.wav"]))
	}
}
