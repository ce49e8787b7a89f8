package conversion

import (
	"time"

	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// Converter converts one stream of sound. One goroutine or thread uses it at a time.
type Converter struct {
	in, out  media.AudioFormat
	channels Channels
	chunk    int // [audio frames] of the input that are converted at once

	captured  []float64 // a chunk of the input
	published []float64 // the output of a chunk
	encoded   []byte
	resampler *resampler // nil if the rate stays

	chunkRead []byte // for Fill: a chunk of the input
	left      []byte // for Fill: the rest of encoded
}

// Same reports whether sound needs no conversion from one format to another.
func Same(in, out media.AudioFormat, channels Channels) bool {
	return channels.same() && in.SampleRate == out.SampleRate && in.Encoding == out.Encoding
}

// New returns a converter from a format to the rate and encoding of another, with a map of
// the channels. The caller has checked both formats. chunk is the number of audio frames
// of the input that are converted at once.
func New(in, out media.AudioFormat, channels Channels, chunk int) *Converter {
	var f *filter
	if in.SampleRate != out.SampleRate {
		f = newFilter(in.SampleRate, out.SampleRate)
	}
	return newConverter(in, out, channels, chunk, f)
}

// newConverter is New with a filter for the two rates, or nil if the rate stays.
func newConverter(in, out media.AudioFormat, channels Channels, chunk int, f *filter) *Converter {
	out.Channels = channels.Out()
	c := &Converter{in: in, out: out, channels: channels, chunk: chunk, captured: make([]float64, chunk*in.Channels)}
	outputs := chunk
	if f != nil {
		c.resampler = newResampler(f, out.Channels, chunk)
		outputs = f.outputs(chunk)
	}
	c.published = make([]float64, outputs*out.Channels)
	c.encoded = make([]byte, outputs*out.FrameSize())
	c.chunkRead = make([]byte, chunk*in.FrameSize())
	return c
}

// Convert converts the next audio frames and passes the result to emit in blocks. dst is
// the converter's memory and valid until emit returns. behind is the time between the
// capture of the end of dst and that of the end of src: the rest of src, and the delay of
// the resampler.
func (c *Converter) Convert(src []byte, emit func(dst []byte, behind time.Duration)) {
	size := c.in.FrameSize()
	for len(src) > 0 {
		n := min(len(src)/size, c.chunk)
		encoded, behind := c.encode(src[:n*size], n)
		src = src[n*size:]
		if len(encoded) > 0 {
			behind += float64(len(src) / size)
			emit(encoded, time.Duration(behind/float64(c.in.SampleRate)*float64(time.Second)))
		}
	}
}

// Fill fills dst with converted audio frames. It calls read for the input, up to a chunk
// more than needed if the rate is converted.
func (c *Converter) Fill(dst []byte, read func(src []byte)) {
	for {
		n := copy(dst, c.left)
		dst, c.left = dst[n:], c.left[n:]
		if len(dst) == 0 {
			return
		}
		frames := c.chunk
		if c.resampler == nil {
			frames = min(frames, len(dst)/c.out.FrameSize())
		}
		src := c.chunkRead[:frames*c.in.FrameSize()]
		read(src)
		c.left, _ = c.encode(src, frames)
	}
}

// Delay returns the number of audio frames of the input that Fill may have read ahead.
func (c *Converter) Delay() int {
	if c.resampler == nil {
		return 0
	}
	return c.resampler.taps/2 + c.chunk
}

// encode converts n audio frames, at most a chunk. behind is the number of audio frames of
// the input after the end of the result.
func (c *Converter) encode(src []byte, n int) (encoded []byte, behind float64) {
	captured := c.captured[:n*c.in.Channels]
	dsp.Decode(captured, src, c.in.Encoding)
	published, behind := c.convert(captured, n)
	encoded = c.encoded[:len(published)*c.out.Encoding.Size()]
	dsp.Encode(encoded, published, c.out.Encoding)
	return encoded, behind
}

// convert is encode for samples as numbers.
func (c *Converter) convert(captured []float64, n int) (published []float64, behind float64) {
	in, out := c.in.Channels, c.out.Channels
	if c.resampler == nil {
		published = c.published[:n*out]
		for i := range n {
			frame := captured[i*in : (i+1)*in]
			for channel := range out {
				published[i*out+channel] = c.channels.sample(frame, channel)
			}
		}
		return published, 0
	}
	for channel := range out {
		room := c.resampler.room(channel)
		for i := range n {
			room[i] = c.channels.sample(captured[i*in:(i+1)*in], channel)
		}
	}
	published = c.published[:c.resampler.ready(n)*out]
	c.resampler.read(published)
	return published, c.resampler.behind()
}

// Reset forgets the sound so far: the next audio frames begin a new stream.
func (c *Converter) Reset() {
	c.left = nil
	if c.resampler != nil {
		c.resampler.reset()
	}
}
