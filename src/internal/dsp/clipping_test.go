package dsp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// TestClippedAreTheSamplesAtTheEnds encodes numbers and counts those at an end of the
// format, in the second of three channels.
func TestClippedAreTheSamplesAtTheEnds(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want uint64
	}{{1, 1}, {-1, 1}, {7, 1}, {-7, 1}, {0, 0}, {0.98, 0}, {-0.98, 0}} {
		for _, format := range media.SampleFormats {
			data := make([]byte, 3*format.Size())
			dsp.Encode(data, []float64{0.5, c.x, -0.5}, format)
			counts := []uint64{10, 20, 30}
			dsp.CountClipped(counts, data, format)
			if want := []uint64{10, 20 + c.want, 30}; !slices.Equal(counts, want) {
				t.Errorf("%s, %v: counts %v, want %v", format, c.x, counts, want)
			}
		}
	}
}

// TestClippedOneBelowTheEndsAreNone: the neighbours of the lowest and highest
// numbers are no ends.
func TestClippedOneBelowTheEndsAreNone(t *testing.T) {
	for format, data := range map[media.SampleFormat][]byte{
		media.U8:    {1, 254, 127},
		media.S16LE: {1, 0x80, 0xfe, 0x7f, 0xff, 0xff},
		media.S24LE: {1, 0, 0x80, 0xfe, 0xff, 0x7f, 0xff, 0xff, 0xff},
		media.S32LE: {1, 0, 0, 0x80, 0xfe, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff},
		media.F32LE: {0xff, 0xff, 0x7f, 0x3f, 0xff, 0xff, 0x7f, 0xbf, 0, 0, 0xc0, 0x7f}, // and NaN
	} {
		counts := []uint64{0}
		dsp.CountClipped(counts, data, format)
		if counts[0] != 0 {
			t.Errorf("%s: %d clipped, want 0", format, counts[0])
		}
	}
}

// TestClippedEachCount: in a row or alone, in every channel.
func TestClippedEachCount(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, format := range media.SampleFormats {
		const channels, frames = 5, 400
		samples := make([]float64, channels*frames)
		want := make([]uint64, channels)
		for i := range samples {
			samples[i] = 0.9 * math.Sin(float64(i))
			if rng.IntN(3) == 0 {
				samples[i] = math.Copysign(1.5, samples[i])
				want[i%channels]++
			}
		}
		data := make([]byte, len(samples)*format.Size())
		dsp.Encode(data, samples, format)
		got := make([]uint64, channels)
		if allocs := testing.AllocsPerRun(1, func() {
			clear(got)
			dsp.CountClipped(got, data, format)
		}); allocs != 0 {
			t.Errorf("%s: %v allocations, want 0", format, allocs)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", format, got, want)
		}
	}
}

func BenchmarkCountClipped(b *testing.B) {
	for _, format := range media.SampleFormats {
		b.Run(fmt.Sprintf("second of %s", format), func(b *testing.B) {
			data := make([]byte, rate*format.Size())
			dsp.Encode(data, noise(1, rate), format)
			counts := []uint64{0}
			b.ReportAllocs()
			for b.Loop() {
				dsp.CountClipped(counts, data, format)
			}
		})
	}
}
