package clock

import "time"

const (
	// UntoldLoss is the shortest loss that a [LossWatch] finds by itself: more
	// than a scheduler delays every single period of a second by.
	UntoldLoss = 50 * time.Millisecond

	// steady is how long sound has to stay late until it is taken for lost. A
	// sound system that was only held up catches up long before.
	steady = time.Second

	// steadyTold is how long the size of a loss is looked at that the sound
	// system has told of.
	steadyTold = 200 * time.Millisecond

	// leastPeriods is how many periods have to be that late as well.
	leastPeriods = 10

	// irregular is what periods are late by, each by itself, in a sound system
	// that does not catch up: where lateness has come as near as this to its
	// least, sound may have been lost.
	irregular = 25 * time.Millisecond

	// maxMarks bounds the places where sound may have been lost.
	maxMarks = 16

	// settling is how long after its start a sound system may take to find its
	// own pace: what it hands over first was often there before.
	settling = 2 * time.Second
)

// Verdict is what a [LossWatch] says of a period.
type Verdict int

// The verdicts.
const (
	// Certain: the period follows the one before. So does what was held.
	Certain Verdict = iota

	// Doubtful: sound may have been lost since [LossWatch.Held]. Hold what came
	// since, this one included, until it is known.
	Doubtful

	// Lost: sound was lost before the periods that are held, this one included.
	Lost

	// Settled: nothing was lost, but all that came before was handed over
	// earlier than is usual here. The estimate of time begins anew with what is
	// held, this one included.
	Settled
)

// LossWatch finds sound that a device loses without counting it.
//
// Lateness is one-sided. A sound system that was held up hands over what it
// kept, faster than sound goes, and its periods get less late until they are in
// time. If it had to drop some, they stay late, by the duration of what was
// dropped: no later period arrives in time any more. So sound is lost if the
// least lateness of a whole second exceeds [UntoldLoss]. It was lost where the
// lateness ended to fall as fast as it can; its duration is the least lateness since, too long by
// how late the earliest period of that second really was.
//
// Where the sound system tells that it lost something, though not how much,
// 200 ms are enough and no loss is too short.
//
// A loss below UntoldLoss that nobody tells of stays unknown; it shows in
// [Lateness].Least. A sound system that buffers 50 ms more from some time on
// cannot be told from one that lost 50 ms.
//
// One goroutine or thread uses it; it allocates nothing.
type LossWatch struct {
	period float64 // nominal [ns] of one audio frame

	begun bool
	start time.Duration // first arrival

	told     bool          // the present doubt is whether much or little was lost
	catching bool          // each period since the doubt began, or since a new low, fell as fast as it can
	fell     bool          // there was such a one
	before   time.Duration // lateness of the period before

	marks [maxMarks]mark
	n     int // marks; none without doubt
	best  mark
	late  time.Duration // least of the second half of the time that is needed
	half  bool          // late is known
}

// mark is a period before which sound may have been lost.
type mark struct {
	Arrivals
	late    time.Duration
	periods int // since the mark
}

// Arrivals is a period: the indices of its first audio frame and of the one
// behind its last, both as if nothing had been lost in the present doubt, and
// its arrival.
type Arrivals struct {
	First, Next uint64
	Arrival     time.Duration
}

// NewLossWatch returns a watch over a device with the nominal rate [Hz].
func NewLossWatch(rate float64) *LossWatch { return &LossWatch{period: 1e9 / rate} }

// Restart forgets everything: the next period is the first.
func (w *LossWatch) Restart() { *w = LossWatch{period: w.period} }

// Judge takes a period that was late by so much if nothing was lost; told says
// that the sound system has told of a loss just before it.
func (w *LossWatch) Judge(p Arrivals, late time.Duration, told bool) Verdict {
	if !w.begun {
		w.begun, w.start = true, p.Arrival
	}
	here := mark{Arrivals: p, late: late}
	falls := float64(w.before-late) > float64(p.Next-p.First)*w.period/2
	w.before = late
	switch {
	case told:
		// What was late before was late for another reason.
		w.told, w.n = true, 0
	case !w.told && late <= UntoldLoss:
		w.n = 0
		return Certain
	}
	for i := range w.n {
		w.marks[i].periods++
	}
	switch {
	case w.n == 0:
		w.begin(here)
		w.catching = !w.told
	case w.catching && (falls || w.fell):
		// What falls so fast was kept by the sound system, and follows what
		// came before. What does no longer may be the first after a loss.
		w.begin(here)
		w.catching, w.fell = falls, falls
	default:
		w.catching = false
		if late < w.best.late {
			w.improve(here, falls)
		}
	}
	if !w.ripe(here) {
		return Doubtful
	}
	if !w.told && w.late > w.best.late+irregular {
		// Held up once more meanwhile: from here on.
		w.begin(here)
		return Doubtful
	}
	verdict := Lost
	if !w.told && w.marks[0].Arrival-w.start < settling {
		verdict = Settled
	}
	w.told, w.n = false, 0
	return verdict
}

// improve takes a period that is less late than all that are held.
func (w *LossWatch) improve(here mark, falls bool) {
	w.best = here
	if w.told {
		return // where sound was lost is known
	}
	w.drop(here.late + irregular)
	w.catching = w.n == 0 && falls
	w.fell = w.catching
	w.push(here)
	w.half = false
}

// ripe reports whether the first mark is so old that its loss is certain, and
// keeps the least lateness of the second half of this time.
func (w *LossWatch) ripe(here mark) bool {
	needed := steady
	if w.told {
		needed = steadyTold
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

// begin begins a doubt with a period.
func (w *LossWatch) begin(here mark) {
	w.n, w.best, w.half = 0, here, false
	w.catching, w.fell = false, false
	w.push(here)
}

// push adds a mark. Of too many the newest is left out: lateness has fallen
// little since.
func (w *LossWatch) push(m mark) {
	if w.n < maxMarks {
		w.marks[w.n] = m
		w.n++
	}
}

// drop forgets the marks that were later than the limit.
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

// Held returns the index of the first audio frame that is to be held, as if
// nothing had been lost: all before it follow each other. It is meaningful
// after Doubtful, Lost and Settled.
func (w *LossWatch) Held() uint64 { return w.marks[0].First }

// Best returns the period that was the least late of those that are held.
func (w *LossWatch) Best() Arrivals { return w.best.Arrivals }

// Lost returns the duration of the loss that was found last, never negative.
func (w *LossWatch) Lost() time.Duration { return max(0, w.best.late) }
