package playback

import "time"

// A publisher's clock and a loudspeaker's differ by up to some 100 ppm: of a
// buffer of 0.2 s nothing would be left after half an hour. So the fill is
// watched, and where it has moved away from its target single audio frames are
// dropped or repeated, at most one in a thousand, until it is back.
//
// The other way is to resample by the ratio of the clocks. It needs that ratio to
// a few ppm before it sounds better than a frame that is dropped now and then
// (200 ppm are 9 frames of 44100 in a second), changes every sample where this
// changes next to none, and so nothing that was played could be compared with what
// was published. Speech and noise, which robots listen to, hide a frame of 23 µs;
// a pure tone clicks faintly.
const (
	// window is how long the fill is watched before anything is done: many
	// blocks, and far more than the jitter of their arrival.
	window = 10 * time.Second

	// tolerance is how far the mean may be off at the least without any
	// correction: what the rhythms of blocks and device make of it.
	tolerance = 10 * time.Millisecond

	// strongest is the largest share of audio frames that is dropped or repeated.
	strongest = 0.001

	// excess is what is too much to be dropped frame by frame, if it waits all
	// the time: a delay that nobody asked for, as after a stall of the publisher.
	excess = 500 * time.Millisecond

	// pause is the time between two looks after which they belong to different
	// windows: the process was stopped.
	pause = time.Second
)

// level is the fill of a ring over a window of time.
type level struct {
	rate float64 // [Hz]

	begun bool
	last  time.Duration // when it was looked at
	span  time.Duration
	sum   float64 // [audio frames x ns]
	first int64   // [audio frames] at the beginning
	least int64   // [audio frames]
}

// reset begins a new window with the next look.
func (l *level) reset() { l.begun = false }

// observe takes the fill that there was since the last look, and returns true at
// the end of a window. It weighs the fill by time: if it were looked at in the
// device's rhythm only, that and the publisher's would beat.
func (l *level) observe(now time.Duration, fill int64) (full bool) {
	step := now - l.last
	if !l.begun || step > pause || step < 0 {
		*l = level{rate: l.rate, begun: true, last: now, first: fill, least: fill}
		return false
	}
	l.last = now
	l.span += step
	l.sum += float64(fill) * float64(step)
	l.least = min(l.least, fill)
	return l.span >= window
}

// mean returns the mean fill of the window [audio frames].
func (l *level) mean() int64 { return int64(l.sum / float64(l.span)) }

// steady says whether the fill has been about the same all the time. It is not
// where a sentence that was published at once is played.
func (l *level) steady(fill int64) bool {
	limit := int64(excess.Seconds() * l.rate)
	return fill-l.first < limit && l.first-fill < limit
}

// plan returns how many audio frames to drop (negative: to repeat) of such a
// surplus over the next window, and how far apart.
func (l *level) plan(surplus int64) (trim, spacing int64) {
	frames := window.Seconds() * l.rate
	most := max(1, int64(frames*strongest))
	trim = max(-most, min(surplus, most))
	return trim, int64(frames) / max(trim, -trim)
}
