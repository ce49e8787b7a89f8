package nut_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/nut"
)

// read returns all images of a stream and their times.
func read(t testing.TB, from io.Reader) (stream nut.Stream, images [][]byte, times []time.Duration) {
	t.Helper()
	r := nut.NewReader(from)
	stream, err := r.Open()
	if err != nil {
		t.Fatal(err)
	}
	for {
		packet, err := r.Next()
		if err == io.EOF {
			return stream, images, times
		}
		if err != nil {
			t.Fatal(err)
		}
		image := make([]byte, packet.Size)
		if err := r.Read(image); err != nil {
			t.Fatal(err)
		}
		images, times = append(images, image), append(times, packet.Time)
	}
}

const count = 30

var pattern = []string{"-f", "lavfi", "-i", "testsrc2=size=66x50:rate=30000/1001"}

// numbered are the first images of the pattern, written by ffmpeg.
func numbered(t testing.TB, args ...string) []byte {
	t.Helper()
	return ffmpegtest.Run(t, append(append(pattern, "-frames:v", "30", "-bitexact"), args...)...)
}

func TestRawImagesAndTimesAreThoseOfTheInput(t *testing.T) {
	for pixels, bytesPerPixel := range map[string]int{"bgr24": 3, "rgb24": 3, "gray": 1, "yuyv422": 2} {
		stream, images, times := read(t, bytes.NewReader(numbered(t, "-c:v", "rawvideo", "-pix_fmt", pixels, "-f", "nut", "-")))
		if stream.Width != 66 || stream.Height != 50 || stream.FrameRate < 29.97 || stream.FrameRate > 29.971 {
			t.Errorf("%s: got %+v, want 66x50 at 29.97", pixels, stream)
		}
		if got, want := bytes.Join(images, nil), numbered(t, "-pix_fmt", pixels, "-f", "rawvideo", "-"); !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes that differ from the %d of raw video", pixels, len(got), len(want))
		}
		if len(images) != count {
			t.Fatalf("%s: got %d images, want %d", pixels, len(images), count)
		}
		for i, image := range images {
			if len(image) != 66*50*bytesPerPixel {
				t.Errorf("%s: image %d has %d bytes", pixels, i, len(image))
			}
			if d := times[i] - time.Duration(i)*1001*time.Second/30000; d < -time.Microsecond || d > time.Microsecond {
				t.Errorf("%s: image %d at %v, off by %v", pixels, i, times[i], d)
			}
		}
	}
}

func TestCompressedImagesComeUntouched(t *testing.T) {
	for _, codec := range []struct{ name, raw, fourCC string }{
		{"mjpeg", "mjpeg", "MJPG"},
		{"mpeg4", "m4v", "FMP4"}, // whose images begin alike: NUT leaves that out
	} {
		stream, images, _ := read(t, bytes.NewReader(numbered(t, "-c:v", codec.name, "-g", "60", "-flags:v", "+bitexact", "-f", "nut", "-")))
		if stream.FourCC != codec.fourCC {
			t.Errorf("%s: got the code %q, want %q", codec.name, stream.FourCC, codec.fourCC)
		}
		want := numbered(t, "-c:v", codec.name, "-g", "60", "-flags:v", "+bitexact", "-f", codec.raw, "-")
		if got := bytes.Join(images, nil); !bytes.HasSuffix(want, got) || len(got) < len(want)-100 { // m4v has a header
			t.Errorf("%s: %d bytes that differ from the %d of the plain stream", codec.name, len(got), len(want))
		}
	}
}

func TestTimesAreKeptOverADay(t *testing.T) {
	day := ffmpegtest.Run(t, append(pattern, "-frames:v", "3", "-output_ts_offset", "86400", "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-")...)
	_, _, times := read(t, bytes.NewReader(day))
	for i, got := range times {
		want := 24*time.Hour + time.Duration(i)*1001*time.Second/30000
		if d := got - want; d < -100*time.Microsecond || d > 100*time.Microsecond {
			t.Errorf("image %d at %v, want %v", i, got, want)
		}
	}
}

func TestReadingPiecewiseChangesNothing(t *testing.T) {
	data := numbered(t, "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-")
	_, want, _ := read(t, bytes.NewReader(data))
	_, got, _ := read(t, iotest.OneByteReader(bytes.NewReader(data)))
	if !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) {
		t.Error("other images byte by byte")
	}
}

func TestNextSkipsWhatWasNotRead(t *testing.T) {
	data := numbered(t, "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-")
	_, want, _ := read(t, bytes.NewReader(data))
	r := nut.NewReader(bytes.NewReader(data))
	if _, err := r.Open(); err != nil {
		t.Fatal(err)
	}
	for i := range count {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		part := make([]byte, i)
		if err := r.Read(part); err != nil || !bytes.Equal(part, want[i][:i]) {
			t.Errorf("image %d: %v, or another start", i, err)
		}
	}
}

func TestACutStreamIsNoOrdinaryEnd(t *testing.T) {
	data := ffmpegtest.Run(t, append(pattern, "-frames:v", "2", "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-write_index", "0", "-")...)
	for _, size := range []int{1, 30, 100, len(data) / 2, len(data) - 1} {
		r := nut.NewReader(bytes.NewReader(data[:size]))
		_, err := r.Open()
		for err == nil {
			var packet nut.Packet
			if packet, err = r.Next(); err == nil {
				err = r.Read(make([]byte, packet.Size))
			}
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut after %d of %d bytes: %v, want an unexpected end", size, len(data), err)
		}
	}
}

func TestSoundAndItsTimes(t *testing.T) {
	sine := []string{"-f", "lavfi", "-i", "sine=r=22050", "-ac", "3", "-t", "0.5"}
	data := ffmpegtest.Run(t, append(sine, "-output_ts_offset", "10", "-c:a", "pcm_s24le", "-f", "nut", "-")...)
	stream, pieces, times := read(t, bytes.NewReader(data))
	if want := (nut.Stream{SampleRate: 22050, Channels: 3, FourCC: "PSD\x18"}); stream != want {
		t.Errorf("got %+v, want %+v", stream, want)
	}
	if want := ffmpegtest.Run(t, append(sine, "-c:a", "pcm_s24le", "-f", "s24le", "-")...); !bytes.Equal(bytes.Join(pieces, nil), want) {
		t.Errorf("sound that differs from the %d bytes of ffmpeg", len(want))
	}
	frames := 0
	for i, piece := range pieces {
		want := 10*time.Second + time.Duration(float64(frames)/22050*1e9)
		if d := times[i] - want; d < -time.Microsecond || d > time.Microsecond {
			t.Errorf("piece %d at %v, want %v", i, times[i], want)
		}
		frames += len(piece) / 9
	}
}

func TestSecondStreamAndOtherContainersAreRefused(t *testing.T) {
	text := ffmpegtest.Run(t, "-f", "webvtt", "-i", "data:text/vtt,WEBVTT%0A%0A00:00.000 --> 00:01.000%0Ax%0A", "-c:s", "ass", "-f", "nut", "-")
	both := ffmpegtest.Run(t, append(pattern, "-f", "lavfi", "-i", "sine", "-t", "0.1", "-f", "nut", "-")...)
	for name, data := range map[string][]byte{"text": text, "both": both, "jpeg": numbered(t, "-f", "mjpeg", "-")} {
		if _, err := nut.NewReader(bytes.NewReader(data)).Open(); !errors.Is(err, nut.ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
}

func TestDamageIsAnErrorAndNoPanic(t *testing.T) {
	data := ffmpegtest.Run(t, append(pattern, "-frames:v", "3", "-c:v", "rawvideo", "-pix_fmt", "gray", "-f", "nut", "-")...)
	random := rand.New(rand.NewPCG(6, 2026))
	image := make([]byte, 1<<20)
	for range 20000 {
		damaged := bytes.Clone(data)
		for range 1 + random.IntN(4) {
			at := random.IntN(len(damaged))
			if random.IntN(2) == 0 {
				at = random.IntN(300) // the headers
			}
			damaged[at] = byte(random.Uint32())
		}
		r := nut.NewReader(bytes.NewReader(damaged))
		_, err := r.Open()
		for err == nil {
			var packet nut.Packet
			if packet, err = r.Next(); err == nil && packet.Size <= len(image) {
				err = r.Read(image[:packet.Size])
			}
		}
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	r := nut.NewReader(bytes.NewReader(ffmpegtest.Run(t, append(pattern, "-frames:v", "300", "-c:v", "rawvideo", "-pix_fmt", "gray", "-write_index", "0", "-f", "nut", "-")...)))
	if _, err := r.Open(); err != nil {
		t.Fatal(err)
	}
	image := make([]byte, 66*50)
	headers := testing.AllocsPerRun(200, func() {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
		if err := r.Read(image); err != nil {
			t.Fatal(err)
		}
	})
	// The headers are repeated after 1, 2, 4, 8 ... images' worth of bytes.
	if headers >= 1 {
		t.Errorf("%v allocations per image, want none", headers)
	}
}
