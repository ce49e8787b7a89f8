package clock

import "time"

const (
	// UnreportedLoss is the shortest loss that a [LossWatch] finds without a report of the
	// sound system: longer than a scheduler delays each period of a second.
	UnreportedLoss = 50 * time.Millisecond

	// UnreportedExactLoss is that of a device whose arrivals are exact: longer than the
	// time between two looks at the device, which is 1 ms of USB, and 4 ms of Linux's
	// loopback card.
	UnreportedExactLoss = 5 * time.Millisecond

	// steady is the time that sound must stay late to count as lost. A sound system that
	// was only held up catches up long before.
	steady = time.Second

	// steadyReported is the time for which the size of a reported loss is observed.
	steadyReported = 200 * time.Millisecond

	// leastPeriods is the least number of periods during that time.
	leastPeriods = 10

	// maxMarks bounds the places where sound may have been lost.
	maxMarks = 16

	// settling bounds the time from a sound system's start until it has its own pace: its
	// first sound was often recorded before.
	settling = 2 * time.Second
)

// Verdict is a [LossWatch]'s judgement of a period.
type Verdict int

// irregular is the jitter of periods, for the shortest loss to be found: where lateness has
// come as near as this to its least, sound may have been lost.
func irregular(shortest time.Duration) time.Duration { return shortest / 2 }

// The verdicts.
const (
	// InTime: the period follows the last one, and so do the held periods.
	InTime Verdict = iota

	// Pending: sound may have been lost since [LossWatch.Held]. Hold the periods since
	// then, this one included, until another verdict.
	Pending

	// Lost: sound was lost before the held periods, this one included.
	Lost

	// Rebased: nothing was lost, but earlier periods arrived earlier than is usual for
	// this sound system. The estimate of time begins anew with the held periods, this one
	// included.
	Rebased
)

// LossWatch finds sound that a device loses without counting it.
//
// Lateness is one-sided. A sound system that was held up hands its buffer over, faster than
// real time, and its periods get less late until they are in time. If it had to drop some
// sound, all later periods stay late, by the duration of that sound. So sound is lost if
// the least lateness of a whole second exceeds [UnreportedLoss], or [UnreportedExactLoss] where
// arrivals are exact. It was lost where the lateness
// ceased to fall as fast as possible; its duration is the least lateness since, too long by
// the real lateness of the least late period of that second.
//
// If the sound system reports a loss of unknown size, 200 ms suffice, and the loss may be
// shorter.
//
// A shorter unreported loss stays unknown, unless another one makes it longer; it shows in [Lateness].Least. A sound
// system that buffers 50 ms more from some time on looks like one that lost 50 ms.
//
// One goroutine or thread uses it; it allocates nothing.
type LossWatch struct {
	period float64 // nominal [ns] of one audio frame

	begun bool
	start time.Duration // first arrival

	shortest   time.Duration // loss that is found
	reported   bool          // the sound system has reported the pending loss
	catchingUp bool          // lateness has fallen as fast as possible with each period since the first mark, or since a new low
	fell       bool          // there was such a period
	before     time.Duration // lateness of the last period

	marks [maxMarks]mark
	n     int // marks; 0 while periods are in time
	best  mark
	late  time.Duration // least lateness of the second half of the necessary time
	half  bool          // late is known
}

// mark is a period before which sound may have been lost.
type mark struct {
	Arrivals
	late    time.Duration
	periods int // since the mark
}

// Arrivals is the arrival of a period: the indices of its first audio frame and of the one
// behind the last that had been acquired then, both as if nothing had been lost while the verdict is pending, and the
// time on CLOCK_MONOTONIC. It is exact where it tells when Next had been acquired, however late
// the period was taken.
type Arrivals struct {
	First, Next uint64
	Arrival     time.Duration
	Exact       bool
}

// NewLossWatch returns a watch over a device with the nominal rate [Hz].
func NewLossWatch(rate float64) *LossWatch { return &LossWatch{period: 1e9 / rate} }

// Restart resets the watch: the next period is the first.
func (w *LossWatch) Restart() { *w = LossWatch{period: w.period} }

// Judge takes a period, with its lateness if nothing was lost. reported says that the sound
// system has reported a loss just before the period.
func (w *LossWatch) Judge(p Arrivals, late time.Duration, reported bool) Verdict {
	if !w.begun {
		w.begun, w.start = true, p.Arrival
	}
	w.shortest = UnreportedLoss
	if p.Exact {
		w.shortest = UnreportedExactLoss
	}
	here := mark{Arrivals: p, late: late}
	falls := float64(w.before-late) > float64(p.Next-p.First)*w.period/2
	w.before = late
	switch {
	case reported:
		// Earlier lateness had another cause.
		w.reported, w.n = true, 0
	case !w.reported && late <= w.shortest:
		w.n = 0
		return InTime
	}
	for i := range w.n {
		w.marks[i].periods++
	}
	switch {
	case w.n == 0:
		w.begin(here)
		w.catchingUp = !w.reported
	case w.catchingUp && (falls || w.fell):
		// Lateness falls so fast while the sound system hands its buffer over, without a
		// gap. The first period with another lateness may be the first after a loss.
		w.begin(here)
		w.catchingUp, w.fell = falls, falls
	default:
		w.catchingUp = false
		if late < w.best.late {
			w.improve(here, falls)
		}
	}
	if !w.ripe(here) {
		return Pending
	}
	if !w.reported && w.late > w.best.late+irregular(w.shortest) {
		// The sound system was held up once more: the observation begins again.
		w.begin(here)
		return Pending
	}
	verdict := Lost
	if !w.reported && w.marks[0].Arrival-w.start < settling {
		verdict = Rebased
	}
	w.reported, w.n = false, 0
	return verdict
}

// improve takes a period that is less late than all held ones.
func (w *LossWatch) improve(here mark, falls bool) {
	w.best = here
	if w.reported {
		return // the place of the loss is known
	}
	w.drop(here.late + irregular(w.shortest))
	w.catchingUp = w.n == 0 && falls
	w.fell = w.catchingUp
	w.push(here)
	w.half = false
}

// ripe reports whether the first mark is so old that its loss is certain, and updates the
// least lateness of the second half of this time.
func (w *LossWatch) ripe(here mark) bool {
	needed := steady
	if w.reported {
		needed = steadyReported
	}
	first := w.marks[0]
	age := here.Arrival - first.Arrival
	if age < needed/2 {
		return false
	}
	if !w.half || here.late < w.late {
		w.half, w.late = true, here.late
	}
	return age >= needed && first.periods >= leastPeriods
}

// begin sets the first mark before a period.
func (w *LossWatch) begin(here mark) {
	w.n, w.best, w.half = 0, here, false
	w.catchingUp, w.fell = false, false
	w.push(here)
}

// push adds a mark, unless there are too many: then lateness has fallen little since the last.
func (w *LossWatch) push(m mark) {
	if w.n < maxMarks {
		w.marks[w.n] = m
		w.n++
	}
}

// drop removes the marks that were later than the limit.
func (w *LossWatch) drop(limit time.Duration) {
	kept := 0
	for _, m := range w.marks[:w.n] {
		if m.late <= limit {
			w.marks[kept] = m
			kept++
		}
	}
	w.n = kept
}

// Held returns the index of the first audio frame to hold, as if nothing had been lost:
// earlier ones follow each other without a gap. It is valid after Pending, Lost and Rebased.
func (w *LossWatch) Held() uint64 { return w.marks[0].First }

// Best returns the least late of the held periods.
func (w *LossWatch) Best() Arrivals { return w.best.Arrivals }

// Lost returns the duration of the last loss that was found, never negative.
func (w *LossWatch) Lost() time.Duration { return max(0, w.best.late) }
