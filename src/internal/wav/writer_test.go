package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"av_capture/src/internal/media"
	"av_capture/src/internal/wav"
	"av_capture/src/internal/wav/wavtest"
)

func noise(n int) []byte { return wavtest.Noise(uint64(n), n) }

func create(t *testing.T) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "sound.wav"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// ffprobe returns ffprobe's description of the file's first stream.
func ffprobe(t *testing.T, path, entry string) string {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", entry, "-of", "default=nw=1:nk=1", path).CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v: %s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

var formats = []struct {
	format media.AudioFormat
	codec  string // as ffprobe calls it
}{
	{media.AudioFormat{SampleRate: 44100, Channels: 1, Encoding: media.S16LE}, "pcm_s16le"},
	{media.AudioFormat{SampleRate: 8000, Channels: 2, Encoding: media.U8}, "pcm_u8"},
	{media.AudioFormat{SampleRate: 11025, Channels: 1, Encoding: media.U8}, "pcm_u8"},
	{media.AudioFormat{SampleRate: 48000, Channels: 1, Encoding: media.S24LE}, "pcm_s24le"},
	{media.AudioFormat{SampleRate: 96000, Channels: 2, Encoding: media.S32LE}, "pcm_s32le"},
	{media.AudioFormat{SampleRate: 48000, Channels: 1, Encoding: media.F32LE}, "pcm_f32le"},
	{media.AudioFormat{SampleRate: 16000, Channels: 6, Encoding: media.S16LE}, "pcm_s16le"},
	{media.AudioFormat{SampleRate: 48000, Channels: 32, Encoding: media.F32LE}, "pcm_f32le"},
}

// TestEveryFormatIsReadByOthers decodes files of every format, as RIFF and as RF64, with
// ffmpeg and sox.
func TestEveryFormatIsReadByOthers(t *testing.T) {
	for _, limit := range []uint64{0xFFFFFFFE, 0} {
		for _, c := range formats {
			t.Run(fmt.Sprintf("%s limit %d", c.format, limit), func(t *testing.T) {
				file := create(t)
				w, err := wav.NewWriterWithLimit(file, c.format, limit)
				if err != nil {
					t.Fatal(err)
				}
				samples := noise(1001 * c.format.FrameSize())
				if c.format.Encoding == media.F32LE {
					// Noise contains NaN, which decoders replace.
					for i := 0; i < len(samples); i += 4 {
						binary.LittleEndian.PutUint32(samples[i:], 0x3E000000|uint32(samples[i]))
					}
				}
				half := 500 * c.format.FrameSize()
				if err := errors.Join(w.Write(samples[:half]), w.Commit(), w.Write(samples[half:]), w.Close()); err != nil {
					t.Fatal(err)
				}
				h, got := wavtest.Load(t, file.Name())
				if h.SampleRate != c.format.SampleRate || h.Channels != c.format.Channels || h.Encoding != c.format.Encoding || h.Truncated != 0 {
					t.Errorf("header %+v, want %s", h, c.format)
				}
				if !bytes.Equal(got, samples) {
					t.Error("samples differ from those written")
				}
				whole, err := os.ReadFile(file.Name())
				if err != nil {
					t.Fatal(err)
				}
				checkLengths(t, whole, len(samples), limit == 0)

				want := fmt.Sprintf("%s %d %d", c.codec, c.format.SampleRate, c.format.Channels)
				if got := ffprobe(t, file.Name(), "stream=codec_name,sample_rate,channels"); got != want {
					t.Errorf("ffprobe finds %q, want %q", got, want)
				}
				decoded, err := exec.Command("ffmpeg", "-v", "error", "-i", file.Name(), "-f", strings.TrimPrefix(c.codec, "pcm_"), "-c:a", c.codec, "-").Output()
				if err != nil || !bytes.Equal(decoded, samples) {
					t.Errorf("ffmpeg decodes %d bytes otherwise than the %d written (%v)", len(decoded), len(samples), err)
				}
				count, err := exec.Command("soxi", "-s", file.Name()).Output()
				if err != nil || strings.TrimSpace(string(count)) != "1001" {
					t.Errorf("sox counts %q audio frames (%v), want 1001", count, err)
				}
			})
		}
	}
}

// checkLengths follows the chunks of a whole file by their lengths.
func checkLengths(t *testing.T, file []byte, samples int, large bool) {
	t.Helper()
	u32 := func(at int) uint64 { return uint64(binary.LittleEndian.Uint32(file[at:])) }
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(file[at:]) }
	whole, id, first := u32(4), "RIFF", "JUNK"
	var data uint64
	if large {
		if whole != 0xFFFFFFFF {
			t.Errorf("RF64 file of length %d in 32 bits, want 0xFFFFFFFF", whole)
		}
		id, first, whole, data = "RF64", "ds64", u64(20), u64(28)
	}
	if string(file[:4]) != id || string(file[12:16]) != first || u32(16) != 28 {
		t.Errorf("file begins with %q and %q of %d bytes, want %q and %q of 28", file[:4], file[12:16], u32(16), id, first)
	}
	if whole != uint64(len(file)-8) {
		t.Errorf("length %d, want %d", whole, len(file)-8)
	}
	at := 12
	for string(file[at:at+4]) != "data" {
		at += 8 + int(u32(at+4)+u32(at+4)%2)
	}
	if !large {
		data = u32(at + 4)
	}
	if data != uint64(samples) {
		t.Errorf("%d bytes of samples by the header, want %d", data, samples)
	}
	if end := at + 8 + samples + samples%2; end != len(file) {
		t.Errorf("file ends at %d, want %d", len(file), end)
	}
}

// TestFilePastFourGiBIsRF64 makes a file really that long, of holes.
func TestFilePastFourGiBIsRF64(t *testing.T) {
	file := create(t)
	format := media.AudioFormat{SampleRate: 384000, Channels: 2, Encoding: media.S32LE}
	w, err := wav.NewWriter(file, format)
	if err != nil {
		t.Fatal(err)
	}
	start, end := noise(800), noise(808)
	const silent = 1<<29 + 12345 // [audio frames] of 8 bytes: 4 GiB and some
	if err := errors.Join(w.Write(start), w.Commit()); err != nil {
		t.Fatal(err)
	}
	if got := readString(t, file, 0, 4); got != "RIFF" {
		t.Errorf("a short file is %q, want RIFF", got)
	}
	if err := errors.Join(w.Silence(silent), w.Commit(), w.Write(end), w.Close()); err != nil {
		t.Fatal(err)
	}
	opened, err := os.Open(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	if got := readString(t, opened, 0, 4); got != "RF64" {
		t.Errorf("a file past 4 GiB is %q, want RF64", got)
	}
	const frames = silent + 100 + 101
	info, err := opened.Stat()
	if err != nil {
		t.Fatal(err)
	}
	h, err := wav.Read(opened, info.Size())
	if err != nil || h.Length != 8*frames || h.Truncated != 0 {
		t.Errorf("header %+v, %v; want %d bytes of samples", h, err, 8*frames)
	}
	if got := readString(t, opened, h.Start, 800); got != string(start) {
		t.Error("the first samples differ from those written")
	}
	if got := readString(t, opened, h.Start+8*(frames-101), 808); got != string(end) {
		t.Error("the last samples differ from those written")
	}
	if got, want := ffprobe(t, file.Name(), "stream=codec_name,duration_ts"), fmt.Sprintf("pcm_s32le %d", frames); got != want {
		t.Errorf("ffprobe finds %q, want %q", got, want)
	}
}

func readString(t *testing.T, file io.ReaderAt, at int64, n int) string {
	t.Helper()
	b := make([]byte, n)
	if _, err := file.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRIFFEndsExactlyAtTheLimit(t *testing.T) {
	format := media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.U8}
	const header = 12 + 36 + 24 + 8 // JUNK, fmt and data
	for _, c := range []struct {
		frames int
		want   string
	}{{100, "RIFF"}, {101, "RF64"}} {
		file := create(t)
		w, err := wav.NewWriterWithLimit(file, format, header-8+100)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(noise(c.frames)), w.Close()); err != nil {
			t.Fatal(err)
		}
		opened, err := os.Open(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		if got := readString(t, opened, 0, 4); got != c.want {
			t.Errorf("%d frames with room for 100: %s, want %s", c.frames, got, c.want)
		}
	}
}

// disk is a file that can fail. It checks at every write that the header promises only
// samples that are synced.
type disk struct {
	t      *testing.T
	data   []byte
	synced int // [bytes] of the file that are on the disk
	room   int // [bytes] that the file may have
}

var errFull = errors.New("no space left")

func (d *disk) WriteAt(b []byte, at int64) (int, error) {
	var err error
	if over := int(at) + len(b) - d.room; over > 0 {
		b, err = b[:max(0, len(b)-over)], errFull
	}
	if need := int(at) + len(b); need > len(d.data) {
		d.data = append(d.data, make([]byte, need-len(d.data))...)
	}
	copy(d.data[at:], b)
	d.check()
	return len(b), err
}

func (d *disk) Truncate(size int64) error {
	if int(size) > d.room {
		return errFull
	}
	if less := len(d.data) - int(size); less > 0 {
		d.data = d.data[:size]
		return nil
	}
	d.data = append(d.data, make([]byte, int(size)-len(d.data))...)
	d.check()
	return nil
}

func (d *disk) Sync() error {
	d.synced = len(d.data)
	return nil
}

func (d *disk) Close() error { return nil }

func (d *disk) check() {
	d.t.Helper()
	h, err := wav.Read(bytes.NewReader(d.data), int64(len(d.data)))
	if err != nil {
		d.t.Errorf("unreadable file: %v", err)
		return
	}
	if h.Truncated > 0 {
		d.t.Errorf("header tells of %d bytes that are not there", h.Truncated)
	}
	length := int64(binary.LittleEndian.Uint32(d.data[h.Start-4:]))
	if whole := int64(binary.LittleEndian.Uint32(d.data[4:])); whole != h.Start-8+length+length%2 {
		d.t.Errorf("the file's length is %d, want %d for %d bytes of samples", whole, h.Start-8+length+length%2, length)
	}
	if length > 0 && h.Start+length > int64(d.synced) {
		d.t.Errorf("header tells of %d bytes, on the disk are %d", h.Start+length, d.synced)
	}
}

func TestHeaderNeverTellsOfMoreThanThereIs(t *testing.T) {
	for _, encoding := range media.SampleFormats {
		d := &disk{t: t, room: 1 << 20}
		format := media.AudioFormat{SampleRate: 8000, Channels: 3, Encoding: encoding}
		w, err := wav.NewWriter(d, format)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(3, 4))
		var want []byte
		for range 200 {
			switch rng.IntN(4) {
			case 0:
				n := rng.IntN(100)
				err = w.Silence(uint64(n))
				want = append(want, bytes.Repeat([]byte{wav.Silence(encoding)}, n*format.FrameSize())...)
			case 1:
				err = w.Commit()
			default:
				data := noise(format.FrameSize() * rng.IntN(100))
				err = w.Write(data)
				want = append(want, data...)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		h, err := wav.Read(bytes.NewReader(d.data), int64(len(d.data)))
		if err != nil || !bytes.Equal(d.data[h.Start:h.Start+h.Length], want) {
			t.Errorf("%s: %d bytes of samples, %v; want the %d written", encoding, h.Length, err, len(want))
		}
		if w.Frames() != uint64(len(want)/format.FrameSize()) || w.Committed() != w.Frames() {
			t.Errorf("%s: %d frames, %d committed, want %d", encoding, w.Frames(), w.Committed(), len(want)/format.FrameSize())
		}
	}
}

func TestFullDiskKeepsWhatWasWritten(t *testing.T) {
	d := &disk{t: t, room: 4001}
	format := media.AudioFormat{SampleRate: 8000, Channels: 1, Encoding: media.S24LE}
	w, err := wav.NewWriter(d, format)
	if err != nil {
		t.Fatal(err)
	}
	data := noise(3 * 1000)
	if err = w.Write(data); err == nil {
		err = w.Write(data)
	}
	if !errors.Is(err, errFull) {
		t.Errorf("%v, want %v", err, errFull)
	}
	if err := w.Close(); err != nil && !errors.Is(err, errFull) {
		t.Errorf("close: %v", err)
	}
	h, err := wav.Read(bytes.NewReader(d.data), int64(len(d.data)))
	if err != nil {
		t.Fatal(err)
	}
	want := append(append([]byte{}, data...), data...)[:h.Length]
	if !bytes.Equal(d.data[h.Start:h.Start+h.Length], want) || h.Length < 4001-128-3 {
		t.Errorf("%d bytes of samples, want all that fitted into 4001", h.Length)
	}
	if over := len(d.data) - int(h.Start+h.Length); over > 1 {
		t.Errorf("%d bytes follow the samples", over)
	}
}

func TestImpossibleFormatsAreRefused(t *testing.T) {
	for _, format := range []media.AudioFormat{
		{SampleRate: 8000, Channels: 0, Encoding: media.S16LE},
		{SampleRate: 0, Channels: 1, Encoding: media.S16LE},
		{SampleRate: 8000, Channels: 1, Encoding: "MP3"},
		{SampleRate: 8000, Channels: 40000, Encoding: media.S16LE},
		{SampleRate: 1 << 31, Channels: 1, Encoding: media.S16LE},
	} {
		if _, err := wav.NewWriter(&disk{t: t, room: 1000}, format); err == nil {
			t.Errorf("%+v is accepted", format)
		}
	}
}
