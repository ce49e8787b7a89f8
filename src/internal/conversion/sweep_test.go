package conversion

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"av_capture/src/internal/media"
)

var (
	rates     = []int{8000, 16000, 44100, 48000, 96000} // [Hz]
	encodings = media.SampleFormats
)

const maxChannels = 8

// bits is the resolution of the integer encodings.
var bits = map[media.SampleFormat]uint{media.U8: 8, media.S16LE: 16, media.S24LE: 24, media.S32LE: 32}

// decoded returns the exact value of a sample. It shares nothing with package dsp.
func decoded(b []byte, encoding media.SampleFormat) float64 {
	if encoding == media.F32LE {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))
	}
	var n int64
	for i := range b {
		n |= int64(b[i]) << (8 * i)
	}
	width := bits[encoding]
	if encoding == media.U8 {
		n -= 128
	} else if n >= 1<<(width-1) {
		n -= 1 << width
	}
	return math.Ldexp(float64(n), 1-int(width))
}

// encoded returns the sample that is nearest to an exact value, of two as near the
// even one.
func encoded(x *big.Rat, encoding media.SampleFormat) []byte {
	b := make([]byte, encoding.Size())
	if encoding == media.F32LE {
		f, _ := x.Float32()
		binary.LittleEndian.PutUint32(b, math.Float32bits(f))
		return b
	}
	width := bits[encoding]
	scaled := new(big.Rat).Mul(x, big.NewRat(1<<(width-1), 1))
	floor := new(big.Int).Div(scaled.Num(), scaled.Denom()) // rounds down: the denominator is positive
	n := floor.Int64()
	rest := new(big.Rat).Sub(scaled, new(big.Rat).SetInt(floor))
	if half := rest.Cmp(big.NewRat(1, 2)); half > 0 || half == 0 && n&1 == 1 {
		n++
	}
	n = max(-1<<(width-1), min(1<<(width-1)-1, n))
	if encoding == media.U8 {
		n += 128
	}
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return b
}

// expected returns an audio frame by the rules of Mix.
func expected(frame []*big.Rat, out int) []*big.Rat {
	made := make([]*big.Rat, out)
	if out == 1 && len(frame) > 1 {
		sum := new(big.Rat)
		for _, x := range frame {
			sum.Add(sum, x)
		}
		made[0] = sum.Quo(sum, big.NewRat(int64(len(frame)), 1))
		return made
	}
	for channel := range made {
		made[channel] = frame[channel%len(frame)]
	}
	return made
}

// signals returns audio frames: constants in all channels, with the extremes and the
// -100 that miniaudio converts to 21745, a sine, and noise.
func signals(encoding media.SampleFormat, channels int, random *rand.Rand) []byte {
	var data []byte
	add := func(sample func(channel int) []byte) {
		for channel := range channels {
			data = append(data, sample(channel)...)
		}
	}
	unit := int64(1) << 31
	if encoding != media.F32LE {
		unit = 1 << (bits[encoding] - 1)
	}
	for _, n := range []int64{-100, -1, 0, 1, 100, -unit, unit - 1} {
		add(func(int) []byte { return encoded(big.NewRat(n, unit), encoding) })
	}
	// Extremes against each other, and one apart, where a mean has a fraction.
	for _, n := range []int64{unit - 1, -unit, 1} {
		add(func(channel int) []byte {
			if channel == 0 {
				return encoded(big.NewRat(n, unit), encoding)
			}
			return encoded(big.NewRat(-unit, unit), encoding)
		})
	}
	for i := range 12 {
		add(func(channel int) []byte {
			x := math.Sin(2*math.Pi*float64(i)/12 + float64(channel))
			return encoded(new(big.Rat).SetFloat64(x), encoding)
		})
	}
	for range 12 {
		add(func(int) []byte {
			sample := make([]byte, encoding.Size())
			for i := range sample {
				sample[i] = byte(random.Uint32())
			}
			if encoding == media.F32LE { // neither infinite nor not a number; some above 1
				binary.LittleEndian.PutUint32(sample, math.Float32bits(float32(3*random.Float64()-1.5)))
			}
			return sample
		})
	}
	return data
}

// TestEveryFormatAndNumberOfChannelsIsExact converts between all pairs of formats and
// of numbers of channels at one rate, and compares every sample with exact fractions.
func TestEveryFormatAndNumberOfChannelsIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, from := range encodings {
		for in := 1; in <= maxChannels; in++ {
			source := media.AudioFormat{SampleRate: 16000, Channels: in, Encoding: from}
			data := signals(from, in, random)
			for out := 1; out <= maxChannels; out++ {
				var frames [][]*big.Rat
				for at := 0; at < len(data); at += source.FrameSize() {
					var frame []*big.Rat
					for channel := range in {
						first := at + channel*from.Size()
						frame = append(frame, new(big.Rat).SetFloat64(decoded(data[first:first+from.Size()], from)))
					}
					frames = append(frames, expected(frame, out))
				}
				for _, to := range encodings {
					target := media.AudioFormat{SampleRate: 16000, Channels: out, Encoding: to}
					compareExactly(t, source, target, data, frames)
				}
			}
		}
	}
}

func compareExactly(t *testing.T, source, target media.AudioFormat, data []byte, frames [][]*big.Rat) {
	t.Helper()
	channels := Mix(source.Channels, target.Channels)
	var got []byte
	New(source, target, channels, 7).Convert(data, func(dst []byte, _ time.Duration) { got = append(got, dst...) })
	var want []byte
	for _, frame := range frames {
		for _, x := range frame {
			want = append(want, encoded(x, target.Encoding)...)
		}
	}
	if string(got) != string(want) {
		t.Errorf("%v to %v: not the exact fractions, rounded once", source, target)
	}
}

// wave is a sum of sines and a constant, which stands for any sound that is limited to
// a band, and has a value at any time.
type wave struct {
	constant           float64
	amplitude, hz, lag []float64
}

func newWave(highest float64, random *rand.Rand) wave {
	w := wave{constant: random.Float64()/2 - 0.25}
	for range 4 {
		w.amplitude = append(w.amplitude, random.Float64()/6)
		w.hz = append(w.hz, random.Float64()*highest)
		w.lag = append(w.lag, random.Float64()*2*math.Pi)
	}
	return w
}

func (w wave) at(t float64) float64 {
	x := w.constant
	for i := range w.amplitude {
		x += w.amplitude[i] * math.Sin(2*math.Pi*w.hz[i]*t+w.lag[i])
	}
	return x
}

// step is the distance of two neighbouring samples near full scale.
func step(encoding media.SampleFormat) float64 {
	if encoding == media.F32LE {
		return 0x1p-24
	}
	return math.Ldexp(1, 1-int(bits[encoding]))
}

// TestEveryRateFormatAndNumberOfChannelsIsConverted converts sums of a constant and
// sines between all pairs of rates, of numbers of channels and of formats, and compares
// with the value that the same sum has at the time of each output sample: within the
// rounding of both formats and 2e-6 of full scale (-114 dB).
func TestEveryRateFormatAndNumberOfChannelsIsConverted(t *testing.T) {
	for _, from := range rates {
		for _, to := range rates {
			if from == to {
				continue
			}
			t.Run(fmt.Sprintf("%d to %d Hz", from, to), func(t *testing.T) {
				t.Parallel()
				sweepRate(t, from, to)
			})
		}
	}
}

func sweepRate(t *testing.T, from, to int) {
	random := rand.New(rand.NewPCG(uint64(from), uint64(to)))
	filter := newFilter(from, to)
	waves := make([]wave, maxChannels)
	for channel := range waves {
		waves[channel] = newWave(passBand*float64(min(from, to))/2, random)
	}
	// Compare from the end of the filter's transient on.
	inputs := filter.taps + max(40, 12*from/to)
	first := (filter.taps/2*to + from - 1) / from
	for _, encoding := range encodings {
		samples := make([][]float64, maxChannels)
		for channel := range samples {
			for n := range inputs {
				samples[channel] = append(samples[channel], waves[channel].at(float64(n)/float64(from)))
			}
		}
		for in := 1; in <= maxChannels; in++ {
			source := media.AudioFormat{SampleRate: from, Channels: in, Encoding: encoding}
			data := make([]byte, 0, inputs*source.FrameSize())
			for n := range inputs {
				for channel := range in {
					data = append(data, nearest(samples[channel][n], encoding)...)
				}
			}
			for out := 1; out <= maxChannels; out++ {
				// One output format for each pair of channels and input format: all pairs
				// of formats occur, with each rate.
				target := media.AudioFormat{SampleRate: to, Channels: out, Encoding: encodings[(in+out)%len(encodings)]}
				compareWaves(t, filter, source, target, data, waves, first)
			}
		}
	}
}

// nearest is encoded for numbers, faster.
func nearest(x float64, encoding media.SampleFormat) []byte {
	b := make([]byte, encoding.Size())
	if encoding == media.F32LE {
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(x)))
		return b
	}
	n := int64(math.Round(x / step(encoding)))
	if encoding == media.U8 {
		n += 128
	}
	for i := range b {
		b[i] = byte(n >> (8 * i))
	}
	return b
}

func compareWaves(t *testing.T, f *filter, source, target media.AudioFormat, data []byte, waves []wave, first int) {
	t.Helper()
	channels := Mix(source.Channels, target.Channels)
	const chunk = 64
	c := newConverter(source, target, channels, chunk, f)
	size := target.Encoding.Size()
	tolerance := step(source.Encoding)/2*gain(f) + step(target.Encoding)/2 + 2e-6
	frame, worst, compared := 0, 0., 0
	c.Convert(data, func(dst []byte, _ time.Duration) {
		for at := 0; at < len(dst); at += target.FrameSize() {
			for channel := range target.Channels {
				if frame < first {
					continue
				}
				got := decoded(dst[at+channel*size:at+(channel+1)*size], target.Encoding)
				want := 0.
				if target.Channels == 1 {
					for _, w := range waves[:source.Channels] {
						want += w.at(float64(frame)/float64(target.SampleRate)) / float64(source.Channels)
					}
				} else {
					want = waves[channel%source.Channels].at(float64(frame) / float64(target.SampleRate))
				}
				worst = max(worst, math.Abs(got-want))
				compared++
			}
			frame++
		}
	})
	if compared == 0 {
		t.Errorf("%v to %v: no settled output of %d frames", source, target, frame)
	}
	if worst > tolerance {
		t.Errorf("%v to %v: off by up to %.3g of full scale, want at most %.3g", source, target, worst, tolerance)
	}
}

// gain returns the factor by which errors of a filter's input can add up.
func gain(f *filter) float64 {
	worst := 0.
	for number := range f.last {
		sum := 0.
		for _, coefficient := range f.row(number) {
			sum += math.Abs(coefficient)
		}
		worst = max(worst, sum)
	}
	return worst
}
