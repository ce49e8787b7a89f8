package conversion

import "gonum.org/v1/gonum/floats"

// The filter of an [Interpolator]. Its cut-off is the Nyquist frequency, so that a position
// at a sample gives this sample as it is. Between samples, frequencies up to 0.9 of Nyquist
// are right to -90 dB; those above are attenuated, or have an image above Nyquist.
const (
	interpolatorTaps = 64
	interpolatorRows = 1024 // between two samples; between two rows it is linear, to -110 dB
	interpolatorBeta = 9.   // of the Kaiser window
)

// interpolation is the filter that all interpolators share.
var interpolation = func() *filter {
	f := &filter{up: 1, down: 1, taps: interpolatorTaps, last: interpolatorRows}
	f.table = make([]float64, (f.last+1)*f.taps)
	for number := range f.last + 1 {
		f.design(f.row(number), float64(number)/float64(f.last), 1, interpolatorBeta)
	}
	return f
}()

// Interpolator computes a signal between its samples, at any positions. Unlike a [Converter]
// it has no ratio of two rates: the distance of the positions may change all the time, as that
// of a microphone's samples does on another clock.
//
// Silence precedes the first sample. One goroutine uses it.
type Interpolator struct {
	channels int
	window   [][]float64 // by channel
	begin    int64       // index of the window's first sample
}

// NewInterpolator returns an interpolator of a number of channels, before sample 0.
func NewInterpolator(channels int) *Interpolator {
	p := &Interpolator{channels: channels, window: make([][]float64, channels)}
	p.Reset(0)
	return p
}

// Reset forgets the signal: the next sample has the index first, with silence before it.
func (p *Interpolator) Reset(first int64) {
	for channel := range p.window {
		p.window[channel] = append(p.window[channel][:0], make([]float64, interpolatorTaps)...)
	}
	p.begin = first - interpolatorTaps
}

// Add appends samples, interleaved by channel.
func (p *Interpolator) Add(samples []float64) {
	for channel, window := range p.window {
		for at := channel; at < len(samples); at += p.channels {
			window = append(window, samples[at])
		}
		p.window[channel] = window
	}
}

// End returns the position before which [Interpolator.At] knows the signal: it needs half a
// window of samples beyond.
func (p *Interpolator) End() float64 {
	return float64(p.begin + int64(len(p.window[0])) - interpolatorTaps/2)
}

// At puts the values at a position [samples] before End into dst, one for each channel.
func (p *Interpolator) At(position float64, dst []float64) {
	index := int64(position)
	if float64(index) > position {
		index--
	}
	exact := (position - float64(index)) * interpolatorRows
	number := int(exact)
	between := exact - float64(number)
	begin := int(index - p.begin - (interpolatorTaps/2 - 1))
	row, next := interpolation.row(number), interpolation.row(min(number+1, interpolatorRows))
	for channel := range dst {
		input := p.window[channel][begin : begin+interpolatorTaps]
		if exact == 0 { // a sample, without rounding
			dst[channel] = input[interpolatorTaps/2-1]
			continue
		}
		y := floats.Dot(row, input)
		if between > 0 {
			y += between * (floats.Dot(next, input) - y)
		}
		dst[channel] = y
	}
}

// Forget frees the samples that positions from this one on do not need.
func (p *Interpolator) Forget(position float64) {
	spare := int(int64(position) - p.begin - interpolatorTaps)
	if spare < interpolatorTaps*16 { // not for every block
		return
	}
	for channel, window := range p.window {
		p.window[channel] = append(window[:0], window[spare:]...)
	}
	p.begin += int64(spare)
}
