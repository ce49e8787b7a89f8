package dsp_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

func TestDecodeFullScale(t *testing.T) {
	for _, test := range []struct {
		format media.SampleFormat
		src    []byte
		want   []float64
	}{
		{media.U8, []byte{0, 64, 128, 129, 255}, []float64{-1, -0.5, 0, 1. / 128, 127. / 128}},
		{media.S16LE, []byte{0x00, 0x80, 0xff, 0xff, 0, 0, 1, 0, 0xff, 0x7f}, []float64{-1, -1. / 32768, 0, 1. / 32768, 32767. / 32768}},
		{media.S24LE, []byte{0, 0, 0x80, 0xff, 0xff, 0xff, 0, 0, 0, 0x56, 0x34, 0x12, 0xff, 0xff, 0x7f},
			[]float64{-1, -1. / 8388608, 0, 0x123456 / 8388608., 8388607. / 8388608}},
		{media.S32LE, []byte{0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, []float64{-1, -1. / 2147483648, 2147483647. / 2147483648}},
		{media.F32LE, []byte{0, 0, 0x80, 0xbf, 0, 0, 0, 0x40}, []float64{-1, 2}},
	} {
		got := make([]float64, len(test.want))
		dsp.Decode(got, test.src, test.format)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.format, diff)
		}
	}
}

func TestEncodeRoundsHalfToEvenAndLimits(t *testing.T) {
	src := []float64{-2, -1, 0.5 / 32768, 1.5 / 32768, 2.5 / 32768, 1, 7}
	want := []byte{0, 0x80, 0, 0x80, 0, 0, 2, 0, 2, 0, 0xff, 0x7f, 0xff, 0x7f}
	got := make([]byte, len(want))
	dsp.Encode(got, src, media.S16LE)
	if !bytes.Equal(got, want) {
		t.Errorf("Encode = %x, want %x", got, want)
	}
}

// TestEncodeInvertsDecode takes random bytes through numbers and back: no bit
// may change.
func TestEncodeInvertsDecode(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, format := range media.SampleFormats {
		src := make([]byte, 4096*format.Size())
		for i := range src {
			src[i] = byte(rng.Uint32())
			if format == media.F32LE && i%4 == 3 {
				src[i] &= 0xbf // no infinities, no NaN
			}
		}
		samples := make([]float64, 4096)
		dsp.Decode(samples, src, format)
		got := make([]byte, len(src))
		dsp.Encode(got, samples, format)
		if !bytes.Equal(got, src) {
			t.Errorf("%s: bytes differ after Decode and Encode", format)
		}
	}
}
