package playback

import "time"

// The clocks of a publisher and a loudspeaker differ by up to some 100 ppm, which empties a
// buffer of 0.2 s in half an hour. fillMonitor measures the mean fill. When it leaves the
// target, single audio frames are dropped or repeated, at most one in a thousand.
//
// The alternative is to resample by the ratio of the clocks. It sounds better only once
// that ratio is known to a few ppm (200 ppm are 9 frames of 44100 in a second), and it
// changes every sample, so that played sound could not be compared with published sound.
// Speech and noise hide a frame of 23 µs; a pure tone clicks faintly.
const (
	// window is the time over which the fill is averaged: many blocks, and far more
	// than the jitter of their arrival.
	window = 10 * time.Second

	// minTolerance is the least deviation of the mean that is corrected: the beat of
	// blocks and device causes as much.
	minTolerance = 10 * time.Millisecond

	// maxCorrection is the largest share of audio frames that is dropped or repeated.
	maxCorrection = 0.001

	// maxExcess is the largest permanent surplus that is dropped frame by frame. A
	// larger one, as after a stall of the publisher, is skipped.
	maxExcess = 500 * time.Millisecond

	// maxStep is the longest time between two observations of one window. After a
	// longer one, as while the process is stopped, a new window begins.
	maxStep = time.Second
)

// fillMonitor averages the fill of a ring over windows of time.
type fillMonitor struct {
	rate float64 // [Hz]

	begun bool
	last  time.Duration // time of the last observation
	span  time.Duration
	sum   float64 // [audio frames x ns]
	first int64   // [audio frames] at the beginning of the window
	least int64   // [audio frames] in the window
}

// reset begins a new window with the next observation.
func (m *fillMonitor) reset() { m.begun = false }

// observe adds the fill since the last observation [audio frames], and reports whether the
// window is complete. It weights the fill by time: sampled by the device's periods alone,
// it would beat with the publisher's blocks.
func (m *fillMonitor) observe(now time.Duration, fill int64) (full bool) {
	step := now - m.last
	if !m.begun || step > maxStep || step < 0 {
		*m = fillMonitor{rate: m.rate, begun: true, last: now, first: fill, least: fill}
		return false
	}
	m.last = now
	m.span += step
	m.sum += float64(fill) * float64(step)
	m.least = min(m.least, fill)
	return m.span >= window
}

// mean returns the mean fill of the window [audio frames].
func (m *fillMonitor) mean() int64 { return int64(m.sum / float64(m.span)) }

// steady reports whether the fill has changed by less than maxExcess. It changes more while
// a sentence that was published at once is played.
func (m *fillMonitor) steady(fill int64) bool {
	limit := int64(maxExcess.Seconds() * m.rate)
	return fill-m.first < limit && m.first-fill < limit
}

// correction returns the number of audio frames to drop (negative: to repeat) during the
// next window for a surplus, and the distance between two of them [audio frames].
func (m *fillMonitor) correction(surplus int64) (trim, spacing int64) {
	frames := window.Seconds() * m.rate
	most := max(1, int64(frames*maxCorrection))
	trim = max(-most, min(surplus, most))
	return trim, int64(frames) / max(trim, -trim)
}
