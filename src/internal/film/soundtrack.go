package film

import (
	"math"
	"time"

	"av_capture/src/internal/conversion"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// Block is the sound of a message: consecutive audio frames.
type Block struct {
	First  uint64        // index of the first audio frame
	Epoch  uint32        // of the indices
	Stamp  time.Duration // of the first audio frame, since ROS's epoch
	Format media.AudioFormat
	Data   []byte // whole audio frames, interleaved
}

// end returns the index one past the last audio frame.
func (b *Block) end() uint64 { return b.First + uint64(b.frames()) }

func (b *Block) frames() int { return len(b.Data) / b.Format.FrameSize() }

const (
	// packetLength is the least length of a packet of sound.
	packetLength = 40 * time.Millisecond

	// rephased is the gap after which the stamp alone tells where sound goes on: over a
	// longer one, the error of the sample clock's period would be heard as a delay.
	rephased = time.Second
)

// soundtrack puts blocks of sound on the clock of their stamps: audio frame k of its output
// is at origin + k/rate exactly. The input is interpolated there, so that a microphone whose
// clock is too fast or too slow does not run away, and silence is where nothing was
// recorded. One goroutine uses it.
type soundtrack struct {
	format media.AudioFormat
	origin time.Duration // time of output frame 0, since ROS's epoch
	emit   func(first int64, samples []float64) error

	clock  stampClock
	interp *conversion.Interpolator

	begun bool
	last  Block // the newest one, without its data
	input int64 // [audio frames] of the present segment, which has no gap, given to interp
	knots []knot
	next  int64 // output frame that is computed next

	unit    int64 // [audio frames] packets end at multiples of it
	packet  []float64
	first   int64 // output frame of the packet's start
	frame   []float64
	samples []float64

	failed  error // of emit, which is not called again
	silence int64 // [audio frames] of output in place of what is missing
}

// knot is a point of the line from input to time, which is straight between two knots.
type knot struct {
	index int64   // input frame of the segment
	at    float64 // [s] since origin
}

// newSoundtrack returns a track without sound. emit gets packets of consecutive frames, the
// first of which is output frame first; it must not keep samples, which are interleaved.
func newSoundtrack(format media.AudioFormat, origin time.Duration, emit func(first int64, samples []float64) error) *soundtrack {
	return &soundtrack{
		format: format,
		origin: origin,
		emit:   emit,
		clock:  stampClock{period: 1 / float64(format.SampleRate)},
		interp: conversion.NewInterpolator(format.Channels),
		unit:   packetUnit(format.SampleRate),
		frame:  make([]float64, format.Channels),
	}
}

// packetUnit returns the audio frames of a packet: a whole number of milliseconds, where the
// rate has one of at most 100 ms, since Matroska's times are in milliseconds.
func packetUnit(rate int) int64 {
	step := 1
	for ms := 1; ms <= 100; ms++ {
		if rate*ms%1000 == 0 {
			step = rate * ms / 1000
			break
		}
	}
	wanted := max(1, int(packetLength.Seconds()*float64(rate)))
	return int64((wanted + step - 1) / step * step)
}

// at returns the time of an output frame, since ROS's epoch.
func (s *soundtrack) at(frame int64) time.Duration {
	return s.origin + time.Duration(math.Round(float64(frame)/float64(s.format.SampleRate)*float64(time.Second)))
}

// index returns the output frame at a time since ROS's epoch, or the next one.
func (s *soundtrack) index(at time.Duration) int64 {
	return int64(math.Ceil((at-s.origin).Seconds()*float64(s.format.SampleRate) - 1e-3))
}

// time returns the time up to which the output has been emitted.
func (s *soundtrack) time() time.Duration {
	if !s.begun {
		return s.origin
	}
	return s.at(s.first)
}

// gap returns the number of audio frames that are missing before a block.
func (s *soundtrack) gap(b *Block) uint64 {
	if s.begun && b.First > s.last.end() {
		return b.First - s.last.end()
	}
	return 0
}

// add takes the next block. The error is emit's.
func (s *soundtrack) add(b *Block) error {
	rate := float64(s.format.SampleRate)
	stamp := (b.Stamp - s.origin).Seconds()
	switch {
	case !s.begun:
		s.begun = true
		s.next = max(0, int64(stamp*rate)/s.unit*s.unit) // silence from the start of a packet on
		s.first = s.next
		s.segment(stamp)
		s.silence = 0
	case b.First < s.last.end(), len(s.knots) == 0: // indices begin anew, or sound does after finish
		s.segment(stamp)
	case b.First > s.last.end() || b.Epoch != s.last.Epoch:
		missing := s.gap(b)
		gap := float64(missing) / rate
		s.clock.skip(min(float64(missing), 1e15))
		if b.Epoch != s.last.Epoch || gap > rephased.Seconds() || math.Abs(s.clock.off(stamp)) > longestError.Seconds() {
			s.segment(stamp)
		} else {
			s.segment(s.clock.end)
		}
	case math.Abs(s.clock.off(stamp)) > longestError.Seconds():
		s.segment(stamp)
	}
	s.last = *b
	s.last.Data = nil
	s.last.First = b.end()

	frames := b.frames()
	_, end := s.clock.next(stamp, frames, rate)
	s.samples = resize(s.samples, frames*s.format.Channels)
	dsp.Decode(s.samples, b.Data, s.format.Encoding)
	if s.format.Encoding == media.F32LE {
		limit(s.samples)
	}
	s.interp.Add(s.samples)
	s.input += int64(frames)
	s.knots = append(s.knots, knot{s.input, end})
	s.compute(s.interp.End())
	return s.failed
}

// segment begins a segment without gaps at a time [s].
func (s *soundtrack) segment(at float64) {
	s.finishSegment()
	s.clock.start(at)
	s.interp.Reset(0)
	s.input = 0
	s.knots = append(s.knots[:0], knot{0, at})
	// Silence up to here.
	until := int64(math.Ceil(at * float64(s.format.SampleRate)))
	clear(s.frame)
	s.silence += max(0, until-s.next)
	for ; s.next < until && s.failed == nil; s.next++ {
		s.put(s.frame)
	}
}

// finishSegment computes what is left of a segment, as if silence followed it.
func (s *soundtrack) finishSegment() {
	if len(s.knots) == 0 {
		return
	}
	end := s.input
	for float64(end) > s.interp.End() {
		s.samples = resize(s.samples, s.format.Channels)
		clear(s.samples)
		s.interp.Add(s.samples)
	}
	s.compute(float64(end))
	s.knots = s.knots[:0]
}

// compute computes the output before an input position.
func (s *soundtrack) compute(end float64) {
	rate := float64(s.format.SampleRate)
	position := 0.
	for {
		at := float64(s.next) / rate
		for len(s.knots) > 2 && s.knots[1].at <= at {
			s.knots = s.knots[1:]
		}
		if len(s.knots) < 2 {
			return
		}
		a, b := s.knots[0], s.knots[1]
		position = float64(a.index) + (at-a.at)/(b.at-a.at)*float64(b.index-a.index)
		if nearest := math.Round(position); math.Abs(position-nearest) < 1e-4 {
			position = nearest // stamps are in ns: sound whose clock is exact stays as it is
		}
		if position >= end || position > float64(b.index) && len(s.knots) == 2 {
			break
		}
		position = max(position, 0)
		s.interp.At(position, s.frame)
		s.put(s.frame)
		s.next++
	}
	s.interp.Forget(min(position, end))
}

// put appends an output frame to the packet, and emits that when it is whole.
func (s *soundtrack) put(frame []float64) {
	s.packet = append(s.packet, frame...)
	if count := int64(len(s.packet) / s.format.Channels); (s.first+count)%s.unit == 0 {
		s.flush(count)
	}
}

func (s *soundtrack) flush(count int64) {
	if count > 0 {
		if s.failed == nil {
			s.failed = s.emit(s.first, s.packet)
		}
		s.first += count
		s.packet = s.packet[:0]
	}
}

// finish emits all that is left. Sound may go on after a pause.
func (s *soundtrack) finish() error {
	s.finishSegment()
	s.flush(int64(len(s.packet) / s.format.Channels))
	return s.failed
}

// resize returns a slice of n numbers, the same one if it has room.
func resize(samples []float64, n int) []float64 {
	if n > cap(samples) {
		return make([]float64, n)
	}
	return samples[:n]
}

// loudest bounds samples, of which 1 is full scale: encoders refuse those that are not finite
// or much larger, and end the film.
const loudest = 1e6

// limit bounds samples, and silences those that are no numbers.
func limit(samples []float64) {
	for i, x := range samples {
		if math.IsNaN(x) {
			samples[i] = 0
		} else {
			samples[i] = min(max(x, -loudest), loudest)
		}
	}
}
