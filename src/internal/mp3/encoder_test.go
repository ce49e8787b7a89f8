package mp3

import (
	"bytes"
	"encoding/binary"
	"math"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
)

func TestMain(m *testing.M) { leaktest.Run(m) }

func TestFormatIsOneThatMP3Has(t *testing.T) {
	for _, c := range []struct{ rate, channels, wantRate, wantChannels int }{
		{44100, 1, 44100, 1}, {16000, 2, 16000, 2}, {44000, 4, 44100, 2}, {96000, 32, 48000, 2}, {8000, 1, 8000, 1},
	} {
		got := Format(media.AudioFormat{SampleRate: c.rate, Channels: c.channels, Encoding: media.F32LE})
		if want := (media.AudioFormat{SampleRate: c.wantRate, Channels: c.wantChannels, Encoding: media.S16LE}); got != want {
			t.Errorf("%d Hz, %d channels: %+v, want %+v", c.rate, c.channels, got, want)
		}
	}
}

func TestOtherBytesAreNoHeader(t *testing.T) {
	for _, header := range [][]byte{nil, {0xff}, {0, 0, 0, 0}, {0xff, 0xfb, 0xf0, 0}, {0xff, 0xfb, 0x0c, 0}, {0xff, 0xfb, 0x90}, {0xff, 0xeb, 0x90, 0}, {0xff, 0xfd, 0x90, 0}} {
		if frame, ok := ParseHeader(header); ok {
			t.Errorf("% x is %+v", header, frame)
		}
	}
}

// A click in what is put in has to be where the frames' indices say, in what ffmpeg decodes.
func TestFramesAreWhereTheirIndicesSay(t *testing.T) {
	for _, c := range []struct{ rate, channels, samples int }{{44100, 1, 1152}, {16000, 2, 576}, {8000, 1, 576}} {
		format := media.AudioFormat{SampleRate: c.rate, Channels: c.channels, Encoding: media.S16LE}
		click := 2*c.rate + 100 // [audio frames]
		sound := make([]byte, 3*c.rate*format.FrameSize())
		for i := range 20 * c.channels {
			binary.LittleEndian.PutUint16(sound[click*format.FrameSize()+2*i:], 20000)
		}
		var file []byte
		first := int64(math.MaxInt64)
		next := int64(0)
		e := NewEncoder(format, 128000, func(frame []byte, at int64) {
			if first == math.MaxInt64 {
				first, next = at, at
			}
			if header, ok := ParseHeader(frame); !ok || header.Size != len(frame) || header.SampleRate != c.rate || header.Samples != c.samples || at != next {
				t.Errorf("%d Hz: a frame of %d bytes at %d is %+v, want %d at %d", c.rate, len(frame), at, header, c.samples, next)
			}
			next = at + int64(c.samples)
			file = append(file, frame...)
		})
		for block := sound; len(block) > 0; block = block[min(len(block), 441*format.FrameSize()):] {
			if err := e.Put(block[:min(len(block), 441*format.FrameSize())], make(chan struct{})); err != nil {
				t.Fatal(err)
			}
		}
		e.Close(true)
		decode := exec.Command("ffmpeg", "-v", "error", "-f", "mp3", "-i", "pipe:0", "-ac", "1", "-ar", strconv.Itoa(c.rate), "-f", "s16le", "pipe:1")
		decode.Stdin = bytes.NewReader(file)
		var complaints bytes.Buffer
		decode.Stderr = &complaints
		decoded, err := decode.Output()
		if err != nil {
			t.Fatalf("%d Hz, %d bytes: %v: %s; the encoder: %v", c.rate, len(file), err, &complaints, e.Err())
		}
		loudest, at := int16(0), 0
		for i := range len(decoded) / 2 {
			if sample := int16(binary.LittleEndian.Uint16(decoded[2*i:])); sample > loudest {
				loudest, at = sample, i
			}
		}
		if off := int64(at) + first - int64(click+10); off < -20 || off > 20 {
			t.Errorf("%d Hz: the click is heard at %d, %d audio frames off", c.rate, int64(at)+first, off)
		}
	}
}

func TestDecoderGivesSoundWhileItComes(t *testing.T) {
	format := media.AudioFormat{SampleRate: 16000, Channels: 1, Encoding: media.S16LE}
	d, err := NewDecoder(format)
	if err != nil {
		t.Fatal(err)
	}
	e := NewEncoder(format, 64000, func(frame []byte, _ int64) {
		if err := d.Put(frame); err != nil {
			t.Error(err)
		}
	})
	sound := make([]byte, 16000*2)
	for range 3 {
		if err := e.Put(sound, nil); err != nil {
			t.Fatal(err)
		}
	}
	e.Close(true)
	// All but the last frames, which the decoder has to see the end of.
	decoded := 0
	deadline := time.Now().Add(60 * time.Second)
	for decoded < 3*16000*2-4*576*2 && time.Now().Before(deadline) {
		decoded += len(d.Take())
		time.Sleep(5 * time.Millisecond)
	}
	if decoded%2 != 0 || decoded < 3*16000*2-4*576*2 {
		t.Errorf("%d bytes are decoded", decoded)
	}
	d.Close()
	if err := d.Put(nil); err == nil {
		t.Error("a closed decoder takes more")
	}
}

// TestErrorsHaveFFmpegsReason asks for a bit rate that there is not.
func TestErrorsHaveFFmpegsReason(t *testing.T) {
	e := NewEncoder(media.AudioFormat{SampleRate: 16000, Channels: 1, Encoding: media.S16LE}, -1, func([]byte, int64) { t.Error("a frame") })
	defer e.Close(false)
	for e.Put(make([]byte, 1<<10), make(chan struct{})) == nil {
	}
	// The status is that of ffmpeg's version.
	if text := e.Err().Error(); !regexp.MustCompile("^mp3: ffmpeg ended with status [1-9][0-9]*: .*-1").MatchString(text) {
		t.Error(text)
	}
}

func TestDecoderKeepsNoMoreThanItSays(t *testing.T) {
	d, err := NewDecoder(media.AudioFormat{SampleRate: 16000, Channels: 1, Encoding: media.S16LE})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Put(make([]byte, mostQueued+1)); err == nil || !strings.Contains(err.Error(), "8388608 bytes await ffmpeg") {
		t.Errorf("%v", err)
	}
}
