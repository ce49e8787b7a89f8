package synthetic

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"av_capture/src/internal/acquire"
	"av_capture/src/internal/acquire/timing"
	"av_capture/src/internal/clock"
	"av_capture/src/internal/dsp"
	"av_capture/src/internal/media"
)

// generator makes the sound of one opening of a [Microphone] when it is pulled. It is an
// [acquire.Supply].
type generator struct {
	config MicrophoneConfig
	pulls  acquire.Pulls
	due    atomic.Int64 // time on CLOCK_MONOTONIC at which the emitted sound was complete [ns]; 0 before Run

	mu      sync.Mutex         // guards what follows; held during emit
	emit    func(media.Period) // nil but during Run
	ctx     context.Context    // of Run
	pace    *timing.Pace
	seconds impulses
	next    uint64 // index of the next audio frame
	samples []float64
	data    []byte

	timed  sync.Mutex // held during each use of timer
	timer  *clock.Timer
	closed bool
}

// newGenerator returns a generator, which owns the timer from then on.
func newGenerator(config MicrophoneConfig, timer *clock.Timer) *generator {
	samples := make([]float64, config.PeriodFrames*config.Channels)
	return &generator{
		config:  config,
		pace:    timing.NewPace(config.SampleRate),
		seconds: impulses{rate: float64(config.SampleRate)},
		samples: samples,
		data:    make([]byte, len(samples)*config.Encoding.Size()),
		timer:   timer,
	}
}

// begin begins Run: audio frame 0 begins now. Who has armed before is woken, to arm again.
func (g *generator) begin(ctx context.Context, emit func(media.Period)) {
	g.mu.Lock()
	now := clock.Monotonic()
	g.ctx, g.emit = ctx, emit
	g.pace.Start(now)
	g.due.Store(now.Nanoseconds())
	g.mu.Unlock()
	g.set(now)
}

// end ends Run.
func (g *generator) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.emit = nil
}

// set has the timer expire at a time on CLOCK_MONOTONIC.
func (g *generator) set(at time.Duration) {
	g.timed.Lock()
	defer g.timed.Unlock()
	if !g.closed {
		g.timer.Set(at)
	}
}

// close gives the timer back.
func (g *generator) close() {
	g.timed.Lock()
	defer g.timed.Unlock()
	g.closed = true
	g.timer.Close()
}

// Pull implements [acquire.Supply]. It allocates nothing.
func (g *generator) Pull() {
	g.pulls.Add()
	g.mu.Lock()
	defer g.mu.Unlock()
	frames := g.config.PeriodFrames
	for now := clock.Monotonic(); g.emit != nil && g.ctx.Err() == nil; {
		due, lost, ok := g.pace.Take(now, acquire.PullLimit, frames)
		if !ok {
			return
		}
		g.next += lost
		g.fill(g.pace.Began(frames))
		g.emit(media.Period{Data: g.data, Frames: frames, Arrival: due, Lost: lost})
		g.due.Store(due.Nanoseconds()) // after emit: who arms meanwhile is woken early rather than late
	}
}

// Arm implements [acquire.Supply]: whole periods are due.
func (g *generator) Arm(frames uint64) bool {
	emitted := time.Duration(g.due.Load())
	if emitted == 0 {
		return false // begin wakes
	}
	periods := (frames + uint64(g.config.PeriodFrames) - 1) / uint64(g.config.PeriodFrames)
	seconds := float64(periods) * float64(g.config.PeriodFrames) / float64(g.config.SampleRate)
	due := emitted + time.Duration(math.Ceil(seconds*1e9))
	if due <= clock.Monotonic() {
		return true
	}
	g.set(due)
	return false
}

// Descriptor implements [acquire.Supply].
func (g *generator) Descriptor() int { return g.timer.Descriptor() }

// Thread implements [acquire.Supply].
func (g *generator) Thread() int { return 0 }

// fill makes the next period, which begins at start on CLOCK_MONOTONIC. g.mu is held.
func (g *generator) fill(start time.Duration) {
	switch g.config.Signal {
	case Tones:
		g.each(func(frame uint64) float64 { return sample(g.config.Tones, g.config.SampleRate, frame) })
	case Sweep:
		g.each(func(frame uint64) float64 { return sweepSample(g.config.SampleRate, frame) })
	case Noise:
		first := g.next * uint64(g.config.Channels)
		for i := range g.samples {
			g.samples[i] = noiseSample(g.config.Seed, first+uint64(i))
		}
	case Impulses:
		at := g.next + uint64(g.seconds.within(g.config.PeriodFrames, g.config.SystemTime(start))) // -1 is no frame of this period
		g.each(func(frame uint64) float64 {
			if frame == at {
				return signalLevel
			}
			return 0
		})
	}
	g.next += uint64(g.config.PeriodFrames)
	dsp.Encode(g.data, g.samples, g.config.Encoding)
}

// each fills all channels with a signal.
func (g *generator) each(value func(frame uint64) float64) {
	channels := g.config.Channels
	for i := range g.config.PeriodFrames {
		x := value(g.next + uint64(i))
		for c := range channels {
			g.samples[i*channels+c] = x / float64(c+1)
		}
	}
}
