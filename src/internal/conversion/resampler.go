package conversion

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// The low-pass filter, relative to the lower of both Nyquist frequencies. The transition
// band reaches from passBand to 1, where the stop band begins: aliases and images are
// attenuated at all frequencies.
const (
	passBand    = 0.907 // 20 kHz at 44100 Hz
	attenuation = 120.  // [dB] of the stop band
)

// maxCoefficients bounds the table of the filter (4 MiB). Ratios that need more, such as
// 44101 to 48000, use coefficients that are interpolated linearly between those of the
// table, with an error below -135 dB.
const maxCoefficients = 1 << 19

// filter is the polyphase low-pass filter between two rates: a table of coefficients for
// the positions of output samples between input samples. Resamplers may share it.
//
// Sources: J. O. Smith, "Digital Audio Resampling" (CCRMA), for the method; Oppenheim and
// Schafer, "Discrete-Time Signal Processing", section 7.5.3, for the Kaiser window and its
// length.
type filter struct {
	up, down int // output and input rate, divided by their greatest common divisor

	taps  int       // input samples for one output sample; even
	last  int       // number of the last row, whose position is 1 input sample
	table []float64 // rows of taps, for positions in steps of 1/last input samples
}

// newFilter designs a filter. It panics unless both rates are positive.
func newFilter(in, out int) *filter {
	if in < 1 || out < 1 {
		panic(fmt.Sprintf("conversion: %d to %d Hz", in, out))
	}
	divisor := gcd(in, out)
	f := &filter{up: out / divisor, down: in / divisor}
	// Relative to the input's Nyquist frequency. The cut-off is the middle of the
	// transition band.
	lower := min(1, float64(out)/float64(in))
	transition := (1 - passBand) * lower
	cutoff := lower - transition/2
	beta := 0.1102 * (attenuation - 8.7)
	length := (attenuation-7.95)/(2.285*math.Pi*transition) + 1
	f.taps = 2 * int(math.Ceil(length/2))
	f.last = max(1, min(f.up, maxCoefficients/f.taps))
	f.table = make([]float64, (f.last+1)*f.taps)
	for number := range f.last + 1 {
		f.design(f.row(number), float64(number)/float64(f.last), cutoff, beta)
	}
	return f
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// design fills a row with a sinc in a Kaiser window, for a position [input samples] after
// the preceding input sample. The sum of the row is 1: the gain at zero frequency.
func (f *filter) design(row []float64, position, cutoff, beta float64) {
	half := f.taps / 2
	for tap := range row {
		t := float64(tap-(half-1)) - position
		row[tap] = 0
		if inside := 1 - (t/float64(half))*(t/float64(half)); inside >= 0 {
			row[tap] = sinc(cutoff*t) * bessel(beta*math.Sqrt(inside))
		}
	}
	floats.Scale(1/floats.Sum(row), row)
}

func (f *filter) row(number int) []float64 {
	return f.table[number*f.taps : (number+1)*f.taps : (number+1)*f.taps]
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// bessel returns the modified Bessel function of the first kind and order 0, by its
// power series.
func bessel(x float64) float64 {
	sum, term := 1., 1.
	for k := 1.; term > 1e-17*sum; k++ {
		term *= (x / 2 / k) * (x / 2 / k)
		sum += term
	}
	return sum
}

// resampler converts the rate of one or more channels by the rational ratio of two
// rates. Its phase is linear and its delay known: the first output sample is at the
// time of the first input sample.
type resampler struct {
	*filter

	// The present part of the input, by channel. An output sample needs taps/2 input
	// samples on either side of its position.
	window [][]float64
	filled int // samples in the window of each channel
	index  int // the input sample before the position of the next output sample
	phase  int // distance of that position from index [1/up input samples]
}

// newResampler returns a resampler that takes at most chunk input samples of each channel
// at once.
func newResampler(f *filter, channels, chunk int) *resampler {
	r := &resampler{filter: f, window: make([][]float64, channels)}
	for channel := range r.window {
		r.window[channel] = make([]float64, r.taps+chunk)
	}
	r.reset()
	return r
}

// reset forgets the input: the next sample is the first one, with silence before it.
func (r *resampler) reset() {
	for _, window := range r.window {
		clear(window)
	}
	r.filled = r.taps/2 - 1
	r.index, r.phase = r.filled, 0
}

// room returns the memory for the next input samples of a channel, at most chunk.
func (r *resampler) room(channel int) []float64 { return r.window[channel][r.filled:] }

// outputs returns the largest number of output samples for that many input samples.
func (f *filter) outputs(inputs int) int { return (inputs*f.up+f.down-1)/f.down + 1 }

// ready adds the input samples that were written to each channel's room, and returns the
// number of output samples that can be read.
func (r *resampler) ready(inputs int) int {
	r.filled += inputs
	// Output sample n is at index + (phase + n·down)/up, and needs half a window of
	// input samples after it.
	beyond := r.filled - r.taps/2 - r.index
	if beyond <= 0 {
		return 0
	}
	return (beyond*r.up - r.phase + r.down - 1) / r.down
}

// read computes output samples, as many as ready returned: the nth of channel c goes to
// dst[n*channels+c]. It then advances the window.
func (r *resampler) read(dst []float64) {
	channels := len(r.window)
	for at := 0; at < len(dst); at += channels {
		r.frame(dst[at : at+channels])
		r.phase += r.down
		r.index += r.phase / r.up
		r.phase %= r.up
	}
	// Input samples before the next window make room.
	begin := min(r.index-(r.taps/2-1), r.filled)
	for _, window := range r.window {
		copy(window, window[begin:r.filled])
	}
	r.filled -= begin
	r.index -= begin
}

// frame computes one output sample of each channel.
func (r *resampler) frame(dst []float64) {
	begin := r.index - (r.taps/2 - 1)
	number, between := r.phase, 0.
	if r.last != r.up {
		exact := float64(r.phase) * float64(r.last) / float64(r.up)
		number = int(exact)
		between = exact - float64(number)
	}
	row := r.row(number)
	for channel := range dst {
		input := r.window[channel][begin : begin+r.taps]
		y := floats.Dot(row, input)
		if between > 0 {
			y += between * (floats.Dot(r.row(number+1), input) - y)
		}
		dst[channel] = y
	}
}

// behind returns the distance from the next output sample to the next input sample
// [input samples].
func (r *resampler) behind() float64 {
	return float64(r.filled-r.index) - float64(r.phase)/float64(r.up)
}
