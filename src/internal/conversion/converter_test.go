package conversion

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

func format(rate, channels int, encoding media.SampleFormat) media.AudioFormat {
	return media.AudioFormat{SampleRate: rate, Channels: channels, Encoding: encoding}
}

func TestChannelMapChoosesChannelsByteForByte(t *testing.T) {
	for _, encoding := range encodings {
		if encoding == media.F32LE {
			continue // of random bytes some are not numbers
		}
		data := make([]byte, 6*encoding.Size()*1000)
		rand.NewChaCha8([32]byte{3}).Read(data)
		for _, channelMap := range [][]int{{0}, {5}, {1, 2, 3, 4}, {5, 0}, {2, 2}} {
			channels, err := Choose(6, channelMap)
			if err != nil || channels.Out() != len(channelMap) {
				t.Fatalf("map %v: %d channels, %v", channelMap, channels.Out(), err)
			}
			in, out := format(16000, 6, encoding), format(16000, len(channelMap), encoding)
			var want, got []byte
			for at := 0; at < len(data); at += in.FrameSize() {
				for _, channel := range channelMap {
					first := at + channel*encoding.Size()
					want = append(want, data[first:first+encoding.Size()]...)
				}
			}
			New(in, out, channels, 160).Convert(data, func(dst []byte, _ time.Duration) { got = append(got, dst...) })
			if !bytes.Equal(got, want) {
				t.Errorf("%s, map %v: not the chosen channels", encoding, channelMap)
			}
		}
	}
}

func TestChannelMapIsHeldToTheDevice(t *testing.T) {
	for _, channelMap := range [][]int{{6}, {0, -1}, {0, 31}} {
		if _, err := Choose(6, channelMap); err == nil || !strings.Contains(err.Error(), "the device has 6 channels") {
			t.Errorf("map %v: %v, want an error with the device's number of channels", channelMap, err)
		}
	}
}

func TestChannelsAreDescribed(t *testing.T) {
	chosen := func(in int, channelMap ...int) Channels {
		c, err := Choose(in, channelMap)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	for _, test := range []struct {
		channels Channels
		want     string
	}{
		{Mix(6, 6), ""},
		{Mix(1, 1), ""},
		{chosen(2, 0, 1), ""},
		{Mix(6, 1), "the mean of its 6 channels"},
		{chosen(6, 3), "channel 3 of its 6 channels, counted from 0"},
		{Mix(6, 2), "channels 0, 1 of its 6 channels, counted from 0"},
		{Mix(1, 2), "channels 0, 0 of its 1 channel, counted from 0"},
	} {
		if got := test.channels.String(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.channels, got, test.want)
		}
	}
}

// TestBehindIsTheDelayOfEveryBlock feeds blocks of all lengths, and adds up.
func TestBehindIsTheDelayOfEveryBlock(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, rates := range [][2]int{{48000, 48000}, {44100, 48000}, {48000, 44100}, {96000, 8000}, {8000, 96000}, {44101, 48000}} {
		in, out := format(rates[0], 2, media.S16LE), format(rates[1], 1, media.F32LE)
		channels := Mix(2, 1)
		c := New(in, out, channels, 100)
		taken, given := 0, 0
		for range 200 {
			n := random.IntN(350)
			taken += n
			c.Convert(make([]byte, n*in.FrameSize()), func(dst []byte, behind time.Duration) {
				given += len(dst) / out.FrameSize()
				want := float64(taken)/float64(rates[0]) - float64(given)/float64(rates[1])
				if math.Abs(behind.Seconds()-want) > 2e-9 || behind < 0 {
					t.Fatalf("%v: after %d audio frames, %d of the result are %v behind, want %v s", rates, taken, given, behind, want)
				}
			})
		}
		if delay := float64(taken)/float64(rates[0]) - float64(given)/float64(rates[1]); delay > 0.012 {
			t.Errorf("%v: %v s are still to come, want at most 12 ms", rates, delay)
		}
	}
}

// TestFillGivesWhatConvertGives in blocks of all lengths, with no more read than needed.
func TestFillGivesWhatConvertGives(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for _, rates := range [][2]int{{44100, 44100}, {44100, 48000}, {48000, 8000}} {
		in, out := format(rates[0], 2, media.S16LE), format(rates[1], 1, media.S24LE)
		channels := Mix(2, 1)
		noise := make([]byte, in.FrameSize()*40000)
		rand.NewChaCha8([32]byte{6}).Read(noise)
		var want []byte
		New(in, out, channels, 441).Convert(noise, func(dst []byte, _ time.Duration) { want = append(want, dst...) })
		c := New(in, out, channels, 100)
		read, given := 0, 0
		for given < len(want)-out.FrameSize()*500 {
			dst := make([]byte, out.FrameSize()*random.IntN(400))
			c.Fill(dst, func(src []byte) { read += copy(src, noise[read:]) })
			if !bytes.Equal(dst, want[given:given+len(dst)]) {
				t.Fatalf("%v: after %d bytes it is something else", rates, given)
			}
			given += len(dst)
			ahead := float64(read/in.FrameSize()) - float64(given/out.FrameSize())*float64(rates[0])/float64(rates[1])
			if ahead > float64(c.Delay())+float64(rates[0])/float64(rates[1]) {
				t.Fatalf("%v: %v audio frames are read ahead, want at most %d", rates, ahead, c.Delay())
			}
		}
	}
}

func TestResetForgetsWhatCameBefore(t *testing.T) {
	in, out := format(44100, 1, media.S16LE), format(48000, 1, media.S16LE)
	channels := Mix(1, 1)
	c := New(in, out, channels, 441)
	noise := make([]byte, 2*4410)
	rand.NewChaCha8([32]byte{4}).Read(noise)
	convert := func() (all []byte) {
		c.Convert(noise, func(dst []byte, _ time.Duration) { all = append(all, dst...) })
		return all
	}
	first := convert()
	if bytes.Equal(convert(), first) {
		t.Error("the second time does not follow the first")
	}
	c.Reset()
	if !bytes.Equal(convert(), first) {
		t.Error("after a reset something else comes than at the beginning")
	}
}

func TestConvertAllocatesNothing(t *testing.T) {
	in, out := format(44100, 6, media.S24LE), format(48000, 1, media.S16LE)
	channels := Mix(6, 1)
	c := New(in, out, channels, 441)
	data := make([]byte, 441*in.FrameSize())
	emit := func([]byte, time.Duration) {}
	if n := testing.AllocsPerRun(100, func() { c.Convert(data, emit) }); n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// BenchmarkConvert converts 10 ms of sound, as a callback does.
func BenchmarkConvert(b *testing.B) {
	for name, formats := range map[string][2]media.AudioFormat{
		"mean of 6 channels": {format(16000, 6, media.S16LE), format(16000, 1, media.S16LE)},
		"stereo to mono":     {format(44100, 2, media.S16LE), format(44100, 1, media.S16LE)},
		"48 to 44.1 kHz":     {format(48000, 1, media.S16LE), format(44100, 1, media.S16LE)},
		"44.1 to 48 kHz, 2":  {format(44100, 2, media.S16LE), format(48000, 2, media.S16LE)},
		"96 to 16 kHz":       {format(96000, 1, media.S32LE), format(16000, 1, media.S16LE)},
	} {
		b.Run(name, func(b *testing.B) {
			in, out := formats[0], formats[1]
			channels := Mix(in.Channels, out.Channels)
			frames := in.SampleRate / 100
			c := New(in, out, channels, frames)
			data := make([]byte, frames*in.FrameSize())
			rand.NewChaCha8([32]byte{5}).Read(data)
			b.ReportAllocs()
			for b.Loop() {
				c.Convert(data, func([]byte, time.Duration) {})
			}
		})
	}
}
