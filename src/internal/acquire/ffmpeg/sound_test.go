package ffmpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/ffmpeg/ffmpegtest"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/media"
)

// makeFilm makes a film with the rest of ffmpeg's arguments, and returns its path.
func makeFilm(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	ffmpegtest.Run(t, append(args, path)...)
	return path
}

// noise is an input of noise, of so many seconds.
func noise(seconds string) []string {
	return []string{"-f", "lavfi", "-i", "anoisesrc=r=16000:amplitude=0.5:seed=1:d=" + seconds}
}

// samples returns the sound of a file as ffmpeg decodes it.
func samples(t *testing.T, path, encoding string) []byte {
	t.Helper()
	return ffmpegtest.Run(t, "-i", path, "-map", "0:a:0", "-c:a", "pcm_"+encoding, "-f", encoding, "-")
}

// playSound plays a film from its beginning until so many bytes have come, 0 for all of them.
func playSound(t *testing.T, config SoundConfig, size int) (media.AudioFormat, []byte) {
	t.Helper()
	if config.Encoding == "" {
		config.Encoding = media.S16LE
	}
	config.PeriodFrames = 441
	source := acquire.Check(NewSound(config))
	format, err := source.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var sound []byte
	last := time.Duration(0)
	err = source.Run(ctx, func(p media.Period) {
		if len(p.Data) != p.Frames*format.FrameSize() || p.Lost != 0 || p.Arrival <= last {
			t.Errorf("%d bytes in %d frames, %d lost, at %v after %v", len(p.Data), p.Frames, p.Lost, p.Arrival, last)
		}
		last = p.Arrival
		if sound = append(sound, p.Data...); size > 0 && len(sound) >= size {
			cancel()
		}
	})
	if size == 0 && !errors.Is(err, media.ErrEnd) || size > 0 && err != nil {
		t.Fatal(err)
	}
	return format, sound
}

func TestSoundOfAFilmIsUnchanged(t *testing.T) {
	film := append(noise("1.3"), "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:d=1", "-ac", "2", "-c:v", "mpeg4")
	for _, each := range []struct {
		name, codec string
		encoding    media.SampleFormat
	}{
		{"film.mkv", "pcm_s24le", media.S24LE},
		{"film.mp4", "aac", media.F32LE},
		{"film.avi", "pcm_u8", media.U8},
	} {
		t.Run(each.name+" "+each.codec, func(t *testing.T) {
			path := makeFilm(t, each.name, append(film, "-c:a", each.codec)...)
			format, sound := playSound(t, SoundConfig{Path: path, Encoding: each.encoding, Batch: true}, 0)
			if format.SampleRate != 16000 || format.Channels != 2 || format.Encoding != each.encoding || format.Device != path {
				t.Errorf("got %+v", format)
			}
			if want := samples(t, path, strings.ToLower(string(each.encoding))); !bytes.Equal(sound, want) {
				t.Errorf("%d bytes that differ from the %d of ffmpeg", len(sound), len(want))
			}
		})
	}
}

func TestRepeatsFollowWithoutAGap(t *testing.T) {
	path := makeFilm(t, "sound.flac", noise("0.7")...)
	once := samples(t, path, "s16le")
	if _, sound := playSound(t, SoundConfig{Path: path, Batch: true, Loop: true}, 3*len(once)); !bytes.Equal(sound[:3*len(once)], slices.Repeat(once, 3)) {
		t.Error("three repeats differ from three times the file")
	}
}

func TestMissingSoundIsSilence(t *testing.T) {
	// 0.4 s to 1 s are missing, as the times of the packets tell.
	path := makeFilm(t, "gap.mkv", append(noise("2"), "-af", "aselect='not(between(t,0.4,0.999))'", "-c:a", "pcm_s16le")...)
	_, sound := playSound(t, SoundConfig{Path: path, Batch: true}, 0)
	frames := decode16(sound)
	if seconds := float64(len(frames)) / 16000; math.Abs(seconds-2) > 0.001 {
		t.Errorf("got %.4f s, want 2 s", seconds)
	}
	silent := 0
	first := -1
	for i, x := range frames {
		if x == 0 {
			silent++
			if first < 0 && i+2 < len(frames) && frames[i+1] == 0 && frames[i+2] == 0 {
				first = i
			}
		}
	}
	// aselect takes whole frames of 1024.
	if silent < 8000 || silent > 10500 || first < 6000 || first > 7500 {
		t.Errorf("%d silent frames, the first is %d", silent, first)
	}
}

// decode16 returns samples of S16LE.
func decode16(data []byte) []int16 {
	samples := make([]int16, len(data)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return samples
}

func TestSampleClockThatIsOffIsFollowed(t *testing.T) {
	// Clicks at whole seconds of the samples; the packets' times go on by 400 ppm faster.
	path := makeFilm(t, "drift.mkv", "-f", "lavfi", "-i", "aevalsrc='0.5*lt(mod(t,1),0.01)':s=16000:d=30",
		"-c:a", "pcm_s16le", "-bsf:a", "setts=ts=TS*1.0004")
	_, sound := playSound(t, SoundConfig{Path: path, Batch: true}, 0)
	clicks := 0
	for i, x := range decode16(sound) {
		if x < 5000 || i > 0 && i < clicks*16000-8000 {
			continue
		}
		if off := float64(i)/16000 - float64(clicks)*1.0004; math.Abs(off) > 0.003 {
			t.Errorf("click %d is off by %.2f ms", clicks, off*1000)
		}
		clicks++
	}
	if clicks != 30 {
		t.Errorf("%d clicks, want 30", clicks)
	}
}

func TestSoundThatCannotBePlayedIsRefused(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.mkv")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no film "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	playlist := filepath.Join(folder, "list.m3u8")
	if err := os.WriteFile(playlist, []byte("#EXTM3U\n#EXTINF:1,\nother.ts\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	silent := makeFilm(t, "silent.mkv", "-f", "lavfi", "-i", "testsrc2=size=64x48:d=0.2", "-c:v", "mpeg4")
	for path, want := range map[string]error{
		text: media.ErrUnsupported, playlist: media.ErrUnsupported, silent: media.ErrMisconfigured,
	} {
		var lines timing.Timelines
		camera := lines.Join("camera", "film")
		source := NewSound(SoundConfig{Path: path, Encoding: media.S16LE, PeriodFrames: 441, Owner: "microphone", Film: "film", Timelines: &lines})
		if _, err := source.Open(t.Context()); !errors.Is(err, want) || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "/proc") {
			t.Errorf("%s: %v, want %v", filepath.Base(path), err, want)
		}
		if !camera.Begin(t.Context(), 0) || !camera.Shift(time.Second) {
			t.Error("the part of the sound that cannot be played is still there")
		}
	}
}

// shared is a film whose images are a part of the test.
type shared struct {
	camera *timing.Part
	source *Sound
	began  chan time.Duration // when the first period begins
	frames int64              // [audio frames] of all periods, and lost before them
	err    chan error         // of Run
}

// share plays a film, of 480 audio frames in each period, with a camera.
func share(t *testing.T, ctx context.Context, path string) *shared {
	t.Helper()
	var lines timing.Timelines
	s := &shared{camera: lines.Join("camera", "film"), began: make(chan time.Duration, 1), err: make(chan error, 1)}
	s.source = NewSound(SoundConfig{Path: path, Encoding: media.S16LE, PeriodFrames: 480, Owner: "microphone", Film: "film", Timelines: &lines})
	if _, err := s.source.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.source.Close() })
	go func() {
		s.err <- s.source.Run(ctx, func(p media.Period) {
			if s.frames == 0 {
				s.began <- p.Arrival - s.source.position(int64(p.Lost)+int64(p.Frames))
			}
			s.frames += int64(p.Lost) + int64(p.Frames)
		})
	}()
	if !s.camera.Begin(t.Context(), 0) {
		t.Fatal("the film does not begin")
	}
	return s
}

// TestFilmBeginsWithItsFirstStream: the sound of a film is placed by its first image, and what
// begins first starts now.
func TestFilmBeginsWithItsFirstStream(t *testing.T) {
	for _, each := range []struct {
		name          string
		images, sound string        // seconds by which they begin later
		first         time.Duration // of the sound, after the first image
	}{
		{"sound.mkv", "0", "0.35", 350 * time.Millisecond},
		{"images.ts", "0.5", "0", -500 * time.Millisecond},
	} {
		t.Run(each.name, func(t *testing.T) {
			path := makeFilm(t, each.name, "-itsoffset", each.images, "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=20:d=1",
				"-itsoffset", each.sound, "-f", "lavfi", "-i", "sine=r=48000:d=1", "-c:v", "mpeg2video", "-c:a", "mp2", "-bf", "0")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			s := share(t, ctx, path)
			// The encoder begins a part of a frame earlier.
			if got := <-s.began - s.camera.Due(0); (got - each.first).Abs() > 26*time.Millisecond {
				t.Errorf("sound begins %v after the images, want %v", got, each.first)
			}
			cancel()
			if err := <-s.err; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSoundIsSilentUntilTheFilmEnds(t *testing.T) {
	path := makeFilm(t, "sound.mkv", "-f", "lavfi", "-i", "sine=r=48000:d=0.2", "-c:a", "pcm_s16le")
	s := share(t, t.Context(), path)
	start := <-s.began
	s.camera.End(600 * time.Millisecond)
	if err := <-s.err; !errors.Is(err, media.ErrEnd) {
		t.Error(err)
	}
	if !s.camera.Next() {
		t.Fatal("the film does not end for the camera")
	}
	end, _ := s.camera.Began()
	if got, want := s.frames, s.source.index(end-start); got != want || want < 0.6*48000 {
		t.Errorf("%d audio frames, want %d", got, want)
	}
}
