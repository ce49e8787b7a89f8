package clock

import (
	"fmt"
	"sync"
	"time"
)

const (
	// memory is the greatest age of arrivals that count. A longer one averages more; a
	// shorter one follows the crystal's temperature.
	memory = 150 * time.Second

	// maxPoints bounds the stored arrivals: the earliest ones, spread over memory.
	maxPoints = 128

	// maxRateError bounds the estimated error of a device's rate, relative to the nominal
	// one. Crystals are within 1e-4, bad ones within 1e-3.
	maxRateError = 1e-2

	// learning is the time after which that is the bound. Before, it is less in proportion:
	// over a second, arrivals that are late by a few milliseconds tell less than that.
	learning = 10 * time.Second

	// recent is the time that [Lateness] covers.
	recent = time.Second
)

// SampleClock estimates when a sound card acquired each audio frame, from the
// times at which its periods arrived. The package's text explains the method.
//
// Update and Rebase are for one goroutine or thread, which may be the sound system's
// real-time thread: neither allocates, both take a bounded time of a few microseconds. Any
// goroutine may call the other methods.
type SampleClock struct {
	period  float64 // nominal [ns] of one audio frame
	perSlot uint64  // [audio frames] of one point when memory is full

	// Only the updating goroutine uses these.
	newest uint64  // the last frame that counted
	points []point // the earliest arrival of each slot, in order of frame
	slot   uint64  // [audio frames] that one point covers now
	hull   []int   // scratch
	watch  watch

	mu       sync.Mutex
	line     line
	lateness Lateness
}

// point is an arrival: the index one past the last frame that had been acquired then.
type point struct {
	frame   uint64
	arrival time.Duration
}

// line maps audio frames to time.
type line struct {
	known  bool
	origin point
	drift  float64 // [ns] by which a frame is longer than nominal
}

// Lateness is the delay of periods, from their estimated acquisition to their arrival.
type Lateness struct {
	// Mean of the last seconds. It is the bias of an estimator that averages arrivals.
	Mean time.Duration

	// Least of the last one to two seconds, usually near zero. If it stays up, the device
	// has lost sound without a report, or the sound system now buffers more.
	Least time.Duration
}

// NewSampleClock returns the clock of a device with the nominal rate [Hz]. It
// panics unless the rate is positive.
func NewSampleClock(rate float64) *SampleClock {
	if !(rate > 0) {
		panic(fmt.Sprintf("clock: sample rate %v Hz", rate))
	}
	return &SampleClock{
		period:  1e9 / rate,
		perSlot: uint64(max(1, rate*memory.Seconds()/maxPoints)),
		points:  make([]point, 0, maxPoints),
		slot:    1,
		hull:    make([]int, 0, maxPoints),
	}
}

// Update takes a period's arrival into account: frames is the index one past the last audio
// frame that the device had acquired then, as far as is known: the period's own, or of more that
// waits behind it. arrival is the time on CLOCK_MONOTONIC at which the source emitted it. A
// lower index than before tells nothing new.
func (c *SampleClock) Update(frames uint64, arrival time.Duration) {
	if frames < c.newest {
		return
	}
	c.newest = frames
	if c.remember(point{frames, arrival}) {
		c.solve()
	}
	c.observe(point{frames, arrival})
}

// Rebase begins anew with a period, as Update takes it, when the indices have ceased to
// follow the device's clock, as after an overrun of unknown size.
func (c *SampleClock) Rebase(frames uint64, arrival time.Duration) {
	c.newest = frames
	c.points = append(c.points[:0], point{frames, arrival})
	c.slot = 1
	c.watch = watch{}
	c.solve()
	c.observe(c.points[0])
}

// TimeOf returns when the audio frame with this index was acquired, on CLOCK_MONOTONIC. It
// extrapolates for future frames. Before the first Update it returns 0.
func (c *SampleClock) TimeOf(frame uint64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at(frame)
}

// RateError returns the device's rate above the nominal one [ppm].
func (c *SampleClock) RateError() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return (c.period/(c.period+c.line.drift) - 1) * 1e6
}

// Lateness returns the present lateness of periods.
func (c *SampleClock) Lateness() Lateness {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lateness
}

// at evaluates the line. The caller holds c.mu, or is the updating goroutine, the only one
// that changes the line.
func (c *SampleClock) at(frame uint64) time.Duration {
	if !c.line.known {
		return 0
	}
	frames := float64(int64(frame - c.line.origin.frame))
	return c.line.origin.arrival + time.Duration(frames*(c.period+c.line.drift))
}

// remember adds a point, unless its slot has an earlier one relative to the line. It reports
// whether the points have changed.
func (c *SampleClock) remember(p point) bool {
	if n := len(c.points); n > 0 && c.points[n-1].frame/c.slot == p.frame/c.slot {
		if !c.earlier(p, c.points[n-1]) {
			return false
		}
		c.points[n-1] = p
		return true
	}
	if len(c.points) == maxPoints {
		if c.slot == c.perSlot {
			c.points = c.points[:copy(c.points, c.points[1:])]
		} else {
			c.thin()
		}
	}
	c.points = append(c.points, p)
	return true
}

// thin widens the slots until half of the points suffice, or the slots are as wide as memory
// needs.
func (c *SampleClock) thin() {
	for len(c.points) > maxPoints/2 && c.slot < c.perSlot {
		c.slot = min(2*c.slot, c.perSlot)
		kept := c.points[:1]
		for _, p := range c.points[1:] {
			switch last := &kept[len(kept)-1]; {
			case last.frame/c.slot != p.frame/c.slot:
				kept = append(kept, p)
			case c.earlier(p, *last):
				*last = p
			}
		}
		c.points = kept
	}
	if len(c.points) == maxPoints { // the widest slots are full
		c.points = c.points[:copy(c.points, c.points[1:])]
	}
}

// earlier reports whether p lies lower than q relative to the line's slope.
func (c *SampleClock) earlier(p, q point) bool {
	frames := float64(int64(p.frame - q.frame))
	return float64(p.arrival-q.arrival) < frames*(c.period+c.line.drift)
}

// solve finds the line that lies below all points and, on average, closest to
// them: the edge of their lower convex hull above the middle of their span
// (S. Moon, P. Skelly, D. Towsley, "Estimation and removal of clock skew from
// network delay measurements", 1999, states it as a linear program; L. Zhang,
// Z. Liu, C. H. Xia, "Clock synchronization algorithms for network
// measurements", 2002, solves it by the hull). An edge that falls more steeply than
// is allowed is that of a sound system that catches up, and the next one is
// taken. Where there is none, or the edge rises too steeply, it is the line of the
// steepest slope allowed.
func (c *SampleClock) solve() {
	base, last := c.points[0], c.points[len(c.points)-1]
	// Residuals from the nominal rate keep the numbers small.
	x := func(i int) float64 { return float64(c.points[i].frame - base.frame) }
	y := func(i int) float64 { return float64(c.points[i].arrival-base.arrival) - x(i)*c.period }

	hull := c.hull[:0]
	for i := range c.points {
		for len(hull) >= 2 {
			a, b := hull[len(hull)-2], hull[len(hull)-1]
			if (x(b)-x(a))*(y(i)-y(a)) > (y(b)-y(a))*(x(i)-x(a)) {
				break // b lies below the chord from a to i
			}
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, i)
	}
	c.hull = hull

	slope := func(edge int) float64 {
		a, b := hull[edge], hull[edge+1]
		if x(b) == x(a) {
			return 0
		}
		return (y(b) - y(a)) / (x(b) - x(a))
	}
	span := float64(last.frame - base.frame)
	middle := span / 2
	bound := maxRateError * c.period * min(1, span*c.period/float64(learning))
	edge := 0
	for edge+2 < len(hull) && (x(hull[edge+1]) <= middle || slope(edge) < -bound) {
		edge++
	}
	drift, touch := 0.0, hull[edge]
	if len(hull) > 1 {
		drift = slope(edge)
		if limited := max(-bound, min(bound, drift)); limited != drift {
			drift = limited
			for _, i := range hull {
				if y(i)-drift*x(i) < y(touch)-drift*x(touch) {
					touch = i
				}
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.line = line{known: true, origin: c.points[touch], drift: drift}
}

// watch holds the state of Lateness.
type watch struct {
	mean            float64 // [ns]
	since           uint64  // frame at which current began
	current, before time.Duration
	begun           bool
}

func (c *SampleClock) observe(p point) {
	late := p.arrival - c.at(p.frame)
	w := &c.watch
	switch {
	case !w.begun:
		*w = watch{begun: true, mean: float64(late), since: p.frame, current: late, before: late}
	case float64(p.frame-w.since)*c.period > float64(recent):
		w.since, w.before, w.current = p.frame, w.current, late
	default:
		w.current = min(w.current, late)
	}
	w.mean += (float64(late) - w.mean) / 256 // some seconds of periods of 10 ms
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lateness = Lateness{Mean: time.Duration(w.mean), Least: min(w.current, w.before)}
}
