package clock_test

import (
	"math"
	"math/rand/v2"
	"time"
)

const nominal = 44100 // [Hz]

// card simulates a sound card: its rate, and how late its periods arrive.
type card struct {
	periodFrames uint64
	ppm          func(at float64) float64               // rate error, after so many seconds
	late         func(rng *rand.Rand, k uint64) float64 // [s] that the k-th period arrives late
	inOrder      bool                                   // a period never overtakes the one before
}

func constant(ppm float64) func(float64) float64 { return func(float64) float64 { return ppm } }

func uniform(rng *rand.Rand, _ uint64) float64 { return 0.020 * rng.Float64() }

// run calls tick for each period, with the index one past its last frame, the
// true time of that index and its arrival.
func (c card) run(seed uint64, seconds float64, tick func(frames uint64, truth, arrival time.Duration)) {
	rng := rand.New(rand.NewPCG(seed, 7))
	const start = 1000 * time.Second
	var frames uint64
	var last time.Duration
	elapsed := 0.0
	for k := uint64(0); elapsed < seconds; k++ {
		frames += c.periodFrames
		elapsed += float64(c.periodFrames) / (nominal * (1 + 1e-6*c.ppm(elapsed)))
		truth := start + time.Duration(math.Round(elapsed*1e9))
		arrival := truth + time.Duration(1e9*c.late(rng, k))
		if c.inOrder {
			arrival = max(arrival, last)
		}
		last = arrival
		tick(frames, truth, arrival)
	}
}

// estimator is ours, or one that it was chosen over.
type estimator interface {
	Update(frames uint64, arrival time.Duration)
	TimeOf(frame uint64) time.Duration
	RateError() float64
}

// counting trusts the first arrival and the nominal rate.
type counting struct {
	first  uint64
	origin time.Duration
	begun  bool
}

func (e *counting) Update(frames uint64, arrival time.Duration) {
	if !e.begun {
		*e = counting{frames, arrival, true}
	}
}

func (e *counting) TimeOf(frame uint64) time.Duration {
	return e.origin + time.Duration(float64(int64(frame-e.first))/nominal*1e9)
}

func (e *counting) RateError() float64 { return 0 }

// delayLocked is the loop of second order in F. Adriaensen, "Using a DLL to
// filter time" (2005), with a bandwidth that falls with the time since start.
type delayLocked struct {
	frames uint64
	begun  bool
	first  time.Duration
	origin time.Duration
	time   float64 // [s] since origin, of frames
	frame  float64 // [s] that one audio frame takes
}

func (e *delayLocked) Update(frames uint64, arrival time.Duration) {
	if !e.begun {
		*e = delayLocked{frames: frames, begun: true, first: arrival, origin: arrival, frame: 1. / nominal}
		return
	}
	n := float64(frames - e.frames)
	step := n * e.frame
	age := (arrival - e.first).Seconds()
	bandwidth := max(0.003, min(1, 0.45/age)) // [Hz]; with these gains it starts as a least-squares fit does
	omega := 2 * math.Pi * bandwidth * step
	err := (arrival - e.origin).Seconds() - (e.time + step)
	e.time += step + math.Sqrt2*omega*err
	e.frame += omega * omega * err / n
	e.frames = frames
	shift := time.Duration(e.time * 1e9) // keeps the numbers small
	e.origin, e.time = e.origin+shift, e.time-shift.Seconds()
}

func (e *delayLocked) TimeOf(frame uint64) time.Duration {
	return e.origin + time.Duration((e.time+float64(int64(frame-e.frames))*e.frame)*1e9)
}

func (e *delayLocked) RateError() float64 { return (1/(nominal*e.frame) - 1) * 1e6 }

// leastSquares is a straight line through all arrivals, weighted by exp(−age/150 s).
type leastSquares struct {
	begun               bool
	frames              uint64
	origin              time.Duration
	s, sx, sy, sxx, sxy float64 // x: frames [s, nominal] from the newest; y: arrival from origin, less x
}

func (e *leastSquares) Update(frames uint64, arrival time.Duration) {
	if !e.begun {
		*e = leastSquares{begun: true, frames: frames, origin: arrival}
	}
	n := float64(frames-e.frames) / nominal
	d := time.Duration(n * 1e9)
	// x' = x − n, and y' = y: the origin follows the nominal rate.
	e.sxx += e.s*n*n - 2*n*e.sx
	e.sxy -= n * e.sy
	e.sx -= n * e.s
	e.frames, e.origin = frames, e.origin+d
	f := math.Exp(-n / 150)
	e.s, e.sx, e.sy, e.sxx, e.sxy = f*e.s, f*e.sx, f*e.sy, f*e.sxx, f*e.sxy
	y := (arrival - e.origin).Seconds()
	e.s++
	e.sy += y
}

func (e *leastSquares) solve() (at0, slope float64) {
	det := e.s*e.sxx - e.sx*e.sx
	if det < 1e-6 {
		return e.sy / e.s, 0
	}
	slope = (e.s*e.sxy - e.sx*e.sy) / det
	return (e.sy - slope*e.sx) / e.s, slope
}

func (e *leastSquares) TimeOf(frame uint64) time.Duration {
	at0, slope := e.solve()
	x := float64(int64(frame-e.frames)) / nominal
	return e.origin + time.Duration((at0+x*(1+slope))*1e9)
}

func (e *leastSquares) RateError() float64 {
	_, slope := e.solve()
	return (1/(1+slope) - 1) * 1e6
}
