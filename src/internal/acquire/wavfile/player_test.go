package wavfile_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/wavfile"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/leaktest"
	"av_capture/src/internal/media"
	"av_capture/src/internal/wav/wavtest"
)

// wav puts a file together, chunk by chunk.
type wav struct{ bytes.Buffer }

func newWAV() *wav {
	w := &wav{}
	w.WriteString("RIFF\x00\x00\x00\x00WAVE") // readers ignore the length
	return w
}

func (w *wav) chunk(id string, body []byte) *wav {
	return w.chunkOfLength(id, uint32(len(body)), body)
}

func (w *wav) chunkOfLength(id string, length uint32, body []byte) *wav {
	w.WriteString(id)
	binary.Write(w, binary.LittleEndian, length)
	w.Write(body)
	if len(body)%2 == 1 {
		w.WriteByte(0)
	}
	return w
}

func (w *wav) save(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(path, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func format(code, channels, rate, bits int) []byte {
	var body bytes.Buffer
	frame := channels * bits / 8
	for _, v := range []any{uint16(code), uint16(channels), uint32(rate), uint32(rate * frame), uint16(frame), uint16(bits)} {
		binary.Write(&body, binary.LittleEndian, v)
	}
	return body.Bytes()
}

func extensible(code, channels, rate, bits, valid int) []byte {
	body := format(0xFFFE, channels, rate, bits)
	body = binary.LittleEndian.AppendUint16(body, 22)
	body = binary.LittleEndian.AppendUint16(body, uint16(valid))
	body = binary.LittleEndian.AppendUint32(body, 0) // no speakers
	body = binary.LittleEndian.AppendUint16(body, uint16(code))
	return append(body, "\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"...)
}

// frameBytes returns a format with other bytes per audio frame.
func frameBytes(format []byte, bytes int) []byte {
	binary.LittleEndian.PutUint16(format[12:], uint16(bytes))
	return format
}

func noise(n int) []byte { return wavtest.Noise(uint64(n), n) }

// play returns the data of the file until its end, or until limit bytes.
func play(t *testing.T, config wavfile.Config, limit int) (media.AudioFormat, []byte, []int, error) {
	t.Helper()
	p := acquire.Check(wavfile.New(config))
	got, err := p.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var data []byte
	var sizes []int
	err = p.Run(ctx, func(period media.Period) {
		if period.Lost != 0 {
			t.Errorf("lost %d frames", period.Lost)
		}
		if len(period.Data) != period.Frames*got.FrameSize() {
			t.Errorf("%d frames in %d bytes", period.Frames, len(period.Data))
		}
		data = append(data, period.Data...)
		sizes = append(sizes, period.Frames)
		if limit > 0 && len(data) >= limit {
			cancel()
		}
	})
	return got, data, sizes, err
}

func TestEveryFormatPlaysByteForByte(t *testing.T) {
	for _, test := range []struct {
		name     string
		format   []byte
		encoding media.SampleFormat
		channels int
	}{
		{"U8", format(1, 1, 48000, 8), media.U8, 1},
		{"S16", format(1, 2, 48000, 16), media.S16LE, 2},
		{"S24", format(1, 1, 48000, 24), media.S24LE, 1},
		{"S32", format(1, 3, 48000, 32), media.S32LE, 3},
		{"F32", format(3, 2, 48000, 32), media.F32LE, 2},
		{"F32 with the longer chunk", append(format(3, 1, 48000, 32), 0, 0), media.F32LE, 1},
		{"extensible S16", extensible(1, 2, 48000, 16, 16), media.S16LE, 2},
		{"extensible 24 of 32 bits", extensible(1, 1, 48000, 32, 24), media.S32LE, 1},
		{"12 bits", format(1, 2, 48000, 12), media.S16LE, 2},
		{"20 bits", format(1, 1, 48000, 20), media.S24LE, 1},
		{"4 bits", format(1, 1, 48000, 4), media.U8, 1},
		{"S16 of no bytes per audio frame", frameBytes(format(1, 2, 48000, 16), 0), media.S16LE, 2},
		{"S16 of 4 bytes per audio frame", frameBytes(format(1, 1, 48000, 16), 4), media.S16LE, 1},
		{"extensible 20 of 24 bits", extensible(1, 2, 48000, 24, 20), media.S24LE, 2},
		{"extensible F32", extensible(3, 6, 48000, 32, 32), media.F32LE, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			samples := noise(1030 * test.channels * test.encoding.Size())
			path := newWAV().chunk("LIST", noise(13)).chunk("fmt ", test.format).chunk("fact", noise(4)).
				chunk("data", samples).chunk("id3 ", noise(99)).save(t)
			got, data, sizes, err := play(t, wavfile.Config{Path: path, PeriodFrames: 100}, 0)
			want := media.AudioFormat{Device: path, SampleRate: 48000, Channels: test.channels, Encoding: test.encoding}
			if got != want {
				t.Errorf("format %+v, want %+v", got, want)
			}
			if !errors.Is(err, media.ErrEnd) {
				t.Errorf("ended with %v, want %v", err, media.ErrEnd)
			}
			if !bytes.Equal(data, samples) {
				t.Errorf("%d bytes differ from the %d in the file", len(data), len(samples))
			}
			if len(sizes) != 11 || sizes[10] != 30 {
				t.Errorf("periods of %v frames, want ten of 100 and one of 30", sizes)
			}
		})
	}
}

func TestLoopHasNoGap(t *testing.T) {
	samples := noise(2 * 777)
	path := newWAV().chunk("fmt ", format(1, 1, 48000, 16)).chunk("data", samples).save(t)
	_, data, sizes, err := play(t, wavfile.Config{Path: path, Loop: true, PeriodFrames: 1000}, 2*4000)
	if err != nil {
		t.Fatal(err)
	}
	if want := bytes.Repeat(samples, 6)[:len(data)]; !bytes.Equal(data, want) {
		t.Error("looped sound differs from the file repeated")
	}
	for _, size := range sizes {
		if size != 1000 {
			t.Errorf("period of %d frames, want 1000", size)
		}
	}
}

func TestFilePlaysInRealTime(t *testing.T) {
	path := newWAV().chunk("fmt ", format(1, 1, 8000, 16)).chunk("data", noise(2*1600)).save(t)
	before := clock.Monotonic()
	play(t, wavfile.Config{Path: path, PeriodFrames: 80}, 0)
	if took := clock.Monotonic() - before; took < 200*time.Millisecond {
		t.Errorf("200 ms of sound took %v", took)
	}
}

// TestBatchDoesNotWait: its periods arrive in the file's own time, which is
// ahead of the clock.
func TestBatchDoesNotWait(t *testing.T) {
	const minute = 60 * 8000
	samples := noise(2 * minute)
	path := newWAV().chunk("fmt ", format(1, 1, 8000, 16)).chunk("data", samples).save(t)
	p := acquire.Check(wavfile.New(wavfile.Config{Path: path, PeriodFrames: 80, Batch: true}))
	if _, err := p.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	var data []byte
	var first, last time.Duration
	err := p.Run(t.Context(), func(period media.Period) {
		if len(data) == 0 {
			first = period.Arrival
		} else if got := period.Arrival - last; got != 10*time.Millisecond || period.Lost != 0 {
			t.Fatalf("period %v after the one before, lost %d; want 10ms, 0", got, period.Lost)
		}
		last = period.Arrival
		data = append(data, period.Data...)
	})
	if !errors.Is(err, media.ErrEnd) || !bytes.Equal(data, samples) {
		t.Errorf("%d bytes, %v; want the %d in the file, %v", len(data), err, len(samples), media.ErrEnd)
	}
	if now := clock.Monotonic(); last < now || last-first != time.Minute-10*time.Millisecond {
		t.Errorf("the last period arrives %v after the first, %v from now; want a minute less 10ms, ahead of the clock", last-first, last-now)
	}
}

func TestTruncatedFilePlaysWhatIsThere(t *testing.T) {
	samples := noise(2*4000 + 1) // ends inside a sample
	file := newWAV().chunk("fmt ", format(1, 1, 8000, 16)).chunkOfLength("data", 2*8000, samples)
	file.Truncate(file.Len() - 1) // the padding
	var notices []string
	config := wavfile.Config{Path: file.save(t), PeriodFrames: 4000, Notice: func(s string) { notices = append(notices, s) }}
	_, data, _, err := play(t, config, 0)
	if !errors.Is(err, media.ErrEnd) || !bytes.Equal(data, samples[:2*4000]) {
		t.Errorf("%d bytes, %v; want the %d that are there, %v", len(data), err, 2*4000, media.ErrEnd)
	}
	if len(notices) != 1 || !strings.Contains(notices[0], "500ms of 1s") {
		t.Errorf("notices %q, want one that tells 500ms of 1s", notices)
	}
}

// TestStreamedFilePlaysToItsEnd: writers that could not go back leave no length, or
// one that the file does not come near.
func TestStreamedFilePlaysToItsEnd(t *testing.T) {
	for _, length := range []uint32{0, 0x7FFFF000, 0x7FFFFFDB, 0x80000000, 0xFFFFFFFF} {
		samples := noise(2 * 1000)
		path := newWAV().chunk("fmt ", format(1, 1, 48000, 16)).chunkOfLength("data", length, samples).save(t)
		notice := func(s string) { t.Errorf("notice %q, want none", s) }
		_, data, _, _ := play(t, wavfile.Config{Path: path, PeriodFrames: 500, Notice: notice}, 0)
		if !bytes.Equal(data, samples) {
			t.Errorf("length %#x: %d bytes, want the %d in the file", length, len(data), len(samples))
		}
	}
}

// TestFilesOfOtherProgramsPlayAsThoseReadThem compares with ffmpeg's reading of files that
// sox or ffmpeg wrote to a pipe, without a length. None may count as cut off.
func TestFilesOfOtherProgramsPlayAsThoseReadThem(t *testing.T) {
	for name, command := range map[string][]string{
		"sox":    {"sox", "-n", "-r", "8000", "-b", "24", "-t", "wav", "-", "synth", "0.1", "sine", "440"},
		"ffmpeg": {"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.1", "-f", "wav", "-"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Fatalf("%s is not installed: see package.xml", command[0])
			}
			file, err := exec.Command(command[0], command[1:]...).Output()
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "piped.wav")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			notice := func(s string) { t.Errorf("notice %q, want none", s) }
			format, data, _, _ := play(t, wavfile.Config{Path: path, PeriodFrames: 500, Notice: notice}, 0)
			raw := map[media.SampleFormat]string{media.S16LE: "s16le", media.S24LE: "s24le", media.S32LE: "s32le"}[format.Encoding]
			want, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-f", raw, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			if len(want) == 0 || !bytes.Equal(data, want) {
				t.Errorf("%d bytes differ from ffmpeg's %d", len(data), len(want))
			}
		})
	}
}

func TestUnplayableFilesAreRefusedWithTheReason(t *testing.T) {
	pcm := format(1, 1, 8000, 16)
	for _, test := range []struct {
		name string
		file *wav
		want string
	}{
		{"text", &wav{*bytes.NewBufferString("this is not sound at all")}, "not a WAV file"},
		{"empty", &wav{}, "not a WAV file"},
		{"AVI", &wav{*bytes.NewBufferString("RIFF\x00\x00\x00\x00AVI LIST")}, "not a WAV file"},
		{"RF64 without lengths", &wav{*bytes.NewBufferString("RF64\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00")}, "ds64"},
		{"µ-law", newWAV().chunk("fmt ", format(7, 1, 8000, 8)).chunk("data", noise(10)), "codec 0x0007"},
		{"24 bits in 4 bytes", newWAV().chunk("fmt ", frameBytes(format(1, 2, 8000, 24), 8)).chunk("data", noise(16)), "24 bits per sample that says it has 4 bytes for each"},
		{"no bits", newWAV().chunk("fmt ", format(1, 1, 8000, 0)).chunk("data", noise(10)), "0 bits"},
		{"40 bits", newWAV().chunk("fmt ", format(1, 1, 8000, 40)).chunk("data", noise(10)), "40 bits"},
		{"double", newWAV().chunk("fmt ", format(3, 1, 8000, 64)).chunk("data", noise(16)), "64 bits"},
		{"no channel", newWAV().chunk("fmt ", format(1, 0, 8000, 16)).chunk("data", noise(10)), "0 channels"},
		{"no rate", newWAV().chunk("fmt ", format(1, 1, 0, 16)).chunk("data", noise(10)), "0 Hz"},
		{"no data", newWAV().chunk("fmt ", pcm), "without a data chunk"},
		{"no sound", newWAV().chunk("fmt ", pcm).chunk("data", nil), "without sound"},
		{"data first", newWAV().chunk("data", noise(10)).chunk("fmt ", pcm), "without a format chunk"},
		{"short format", newWAV().chunk("fmt ", pcm[:14]).chunk("data", noise(10)), "14 bytes"},
		{"format cut off", newWAV().chunkOfLength("fmt ", 16, pcm[:10]), "cut off"},
		{"foreign extensible", newWAV().chunk("fmt ", append(extensible(1, 1, 8000, 16, 16)[:30], noise(10)...)).chunk("data", noise(10)), "extensible"},
	} {
		path := test.file.save(t)
		_, err := wavfile.New(wavfile.Config{Path: path, PeriodFrames: 10}).Open(t.Context())
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v, want a reason with %q", test.name, err, test.want)
		}
	}
}

func TestMissingFileIsAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing.wav")
	_, err := wavfile.New(wavfile.Config{Path: path, PeriodFrames: 10}).Open(t.Context())
	if !errors.Is(err, media.ErrAbsent) {
		t.Errorf("%v, want %v", err, media.ErrAbsent)
	}
}

// TestOtherThanFilesAreRefused: a FIFO would be waited for, and the next too.
func TestOtherThanFilesAreRefused(t *testing.T) {
	folder := t.TempDir()
	fifo := filepath.Join(folder, "fifo.wav")
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{folder: "a folder", fifo: "a FIFO", "/dev/zero": "a device", "/proc/self/stat": "the kernel's own"} {
		_, err := wavfile.New(wavfile.Config{Path: path, PeriodFrames: 10}).Open(t.Context())
		if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %v, %q", path, err, media.ErrUnsupported, want)
		}
	}
}

// TestFileOfEmptyChunksIsNotWalkedThrough: a terabyte of holes is 2^37 chunks
// without a name and without a length.
func TestFileOfEmptyChunksIsNotWalkedThrough(t *testing.T) {
	path := newWAV().save(t)
	if err := os.Truncate(path, 1<<40); err != nil {
		t.Fatal(err)
	}
	_, err := wavfile.New(wavfile.Config{Path: path, PeriodFrames: 10}).Open(t.Context())
	if !errors.Is(err, media.ErrUnsupported) || !strings.Contains(err.Error(), "without a data chunk") {
		t.Errorf("%v, want %v", err, media.ErrUnsupported)
	}
}

func TestFilePlaysAgainAfterItsEnd(t *testing.T) {
	samples := noise(2 * 300)
	path := newWAV().chunk("fmt ", format(1, 1, 48000, 16)).chunk("data", samples).save(t)
	p := acquire.Check(wavfile.New(wavfile.Config{Path: path, PeriodFrames: 100}))
	for range 2 {
		if _, err := p.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		var data []byte
		err := p.Run(t.Context(), func(period media.Period) { data = append(data, period.Data...) })
		if !errors.Is(err, media.ErrEnd) || !bytes.Equal(data, samples) {
			t.Errorf("%d bytes, %v; want %d, %v", len(data), err, len(samples), media.ErrEnd)
		}
		if err := errors.Join(p.Close(), p.Close()); err != nil {
			t.Error(err)
		}
	}
}

// TestLargeFilesPlay: their lengths are in the ds64 chunk, by either name.
func TestLargeFilesPlay(t *testing.T) {
	for _, id := range []string{"RF64", "BW64"} {
		samples := noise(2 * 777)
		file := &wav{}
		file.WriteString(id + "\xff\xff\xff\xffWAVE")
		ds64 := binary.LittleEndian.AppendUint64(nil, 0) // of the file, which readers ignore
		ds64 = binary.LittleEndian.AppendUint64(ds64, uint64(len(samples)))
		ds64 = binary.LittleEndian.AppendUint64(ds64, 777)
		ds64 = binary.LittleEndian.AppendUint32(ds64, 0)
		file.chunk("ds64", ds64).chunk("fmt ", format(1, 1, 48000, 16)).
			chunkOfLength("data", 0xFFFFFFFF, samples).chunk("id3 ", noise(99))
		_, data, _, err := play(t, wavfile.Config{Path: file.save(t), PeriodFrames: 100}, 0)
		if !errors.Is(err, media.ErrEnd) || !bytes.Equal(data, samples) {
			t.Errorf("%s: %d bytes, %v; want the %d in the file", id, len(data), err, len(samples))
		}
	}
}

// Package node refuses such a format before it runs the source.
func TestOpenTakesNoMemoryForWhatTheFileSays(t *testing.T) {
	path := newWAV().chunk("fmt ", format(1, 32767, 44100, 16)).chunk("data", make([]byte, 2*32767)).save(t)
	player := acquire.Check(wavfile.New(wavfile.Config{Path: path, PeriodFrames: 1 << 20}))
	var got media.AudioFormat
	var err error
	bytes := leaktest.Allocated(func() { got, err = player.Open(t.Context()) })
	if err != nil || got.Channels != 32767 {
		t.Errorf("got %v, %v", got, err)
	}
	if bytes > 1<<20 {
		t.Errorf("Open has allocated %d bytes", bytes)
	}
	if err := player.Close(); err != nil {
		t.Error(err)
	}
}
