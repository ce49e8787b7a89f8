package playback

import (
	"math"
	"sync"
	"time"

	"av_capture/src/internal/acquire"
)

const (
	// ahead is how much sound a ring holds at most, and heldBytes how many bytes
	// of it: somebody may publish a whole sentence at once.
	ahead     = 30 * time.Second
	heldBytes = 64 << 20

	// longest is the longest silence that stands for missing sound. Who waits
	// longer takes the program for broken.
	longest = 5 * time.Second

	// lead is how much silence a device gets before the first sound. What a sound
	// system is given first it may swallow: a server mixes a new stream into what
	// is on its way already, an amplifier wakes up.
	lead = 100 * time.Millisecond

	// chunk is how many bytes are copied at a time while the device may wait.
	chunk = 1 << 14
)

// Counts tells what became of the sound, in audio frames but for Underruns.
type Counts struct {
	Played    uint64 // by the device, silence in place of missing sound included
	Missing   uint64 // never came; played as silence
	Shortened uint64 // of them those that were left out, since the silence would be too long
	Underruns uint64 // times that sound came too late
	Late      uint64 // silence that the device got meanwhile
	Dropped   uint64 // single ones, where the device's clock is the slower one
	Repeated  uint64 // single ones, where it is the faster one
	Skipped   uint64 // came too early, or while there was no device
}

// add adds up what became of two streams.
func (c *Counts) add(other Counts) {
	c.Played += other.Played
	c.Missing += other.Missing
	c.Shortened += other.Shortened
	c.Underruns += other.Underruns
	c.Late += other.Late
	c.Dropped += other.Dropped
	c.Repeated += other.Repeated
	c.Skipped += other.Skipped
}

// Ring is what lies between the arrival of one stream of sound and the device
// that plays it.
//
// One goroutine puts sound in, and the sound system's thread reads: [Ring.Read]
// does not allocate, and waits for the copying of at most one chunk. The other
// methods may be called from any goroutine.
type Ring struct {
	format    acquire.AudioFormat
	frameSize int
	silence   byte
	capacity  int64 // [audio frames]
	target    int64 // [audio frames]
	longest   int64 // [audio frames]
	delay     time.Duration

	mu       sync.Mutex
	data     []byte // the audio frame with index i lies in slot i % capacity
	position int64  // index of the audio frame that is played next
	head     int64  // index one past the newest; what is missing is counted
	newest   int64  // index of the first audio frame of the newest block
	length   int64  // of the newest block

	holding bool          // sound waits until there is enough of it
	late    bool          // so it does after an underrun
	since   time.Duration // when that began
	started bool          // something has been played
	ended   bool          // nothing more will come
	idle    int64         // silence that was played since the ring ran empty
	lead    int64         // silence that the device is still to get first

	level    level
	trim     int64 // audio frames still to drop, negative: to repeat
	spacing  int64 // between two of them
	interval int64 // to the next one

	counts Counts
}

// NewRing returns an empty ring for sound of a format, of which as much as target
// waits to be played.
func NewRing(format acquire.AudioFormat, target time.Duration) *Ring {
	rate := float64(format.SampleRate)
	frames := func(d time.Duration) int64 { return max(1, int64(d.Seconds()*rate)) }
	r := &Ring{
		format:    format,
		frameSize: format.FrameSize(),
		target:    frames(target),
		longest:   frames(longest),
		delay:     target,
		holding:   true,
		level:     level{rate: rate},
	}
	room := min(frames(ahead), int64(heldBytes/r.frameSize))
	// At least what waits, and a chunk that comes.
	r.capacity = max(room, r.target+frames(time.Second)) + int64(chunk/r.frameSize) + 2
	r.data = make([]byte, int(r.capacity)*r.frameSize)
	if format.Encoding == acquire.U8 {
		r.silence = 128
	}
	return r
}

// Format returns the format of the sound.
func (r *Ring) Format() acquire.AudioFormat { return r.format }

// Put puts a block in, which follows the one before with so many audio frames
// missing between the two. It does not keep data.
func (r *Ring) Put(missing uint64, data []byte, now time.Duration) {
	length := int64(len(data) / r.frameSize)
	missing = r.arrive(missing, length, now)
	for missing > 0 {
		n := min(int64(missing), r.chunk())
		r.append(n, func(slots []byte, _ int64) { fill(slots, r.silence) })
		missing -= uint64(n)
	}
	for done := int64(0); done < length; {
		n := min(length-done, r.chunk())
		r.append(n, func(slots []byte, at int64) { copy(slots, data[int(done+at)*r.frameSize:]) })
		done += n
	}
}

// arrive sees to what a block means for what is played, and returns how much
// silence belongs before it.
func (r *Ring) arrive(missing uint64, length int64, now time.Duration) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(now)
	r.counts.Missing += missing
	if missing > 0 {
		r.level.reset()
	}
	if idle := uint64(r.idle); idle > 0 && missing >= idle {
		// The device played silence, and rightly so: there was nothing to
		// come. It is where it would be if the gap had been known.
		r.position += r.idle
		r.head = r.position
		r.counts.Played += idle
		missing -= idle
	} else if idle > 0 {
		// The sound is late. What is missing of it has been silent already.
		r.counts.Underruns++
		r.counts.Played += missing
		r.counts.Late += idle - missing
		r.head += int64(missing)
		missing = 0
		r.position = r.head
		r.hold(now)
		r.late = true
	}
	r.idle = 0
	if missing > uint64(r.longest) {
		r.counts.Shortened += missing - uint64(r.longest)
		missing = uint64(r.longest)
	}
	if r.position == r.head && r.holding {
		r.since = now
	}
	r.newest = r.head + int64(missing)
	r.length = length
	return missing
}

// chunk returns how many audio frames are copied at a time.
func (r *Ring) chunk() int64 { return int64(max(1, chunk/r.frameSize)) }

// append adds n audio frames, at most a chunk, by write, which is called with
// slots and the number of audio frames before them.
func (r *Ring) append(n int64, write func(slots []byte, at int64)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	// One slot stays: the audio frame that was played last may be repeated.
	if r.head+n-r.position >= r.capacity {
		r.skip(r.head - r.target)
	}
	slot := r.head % r.capacity
	first := min(n, r.capacity-slot)
	write(r.slots(slot, first), 0)
	if first < n {
		write(r.slots(0, n-first), first)
	}
	r.head += n
}

func (r *Ring) slots(at, n int64) []byte {
	return r.data[int(at)*r.frameSize : int(at+n)*r.frameSize]
}

// skip leaves out what is before an index. r.mu is held.
func (r *Ring) skip(to int64) {
	if to > r.position {
		r.counts.Skipped += uint64(to - r.position)
		r.position = to
	}
	r.level.reset()
	r.trim = 0
}

// hold makes the sound wait. r.mu is held.
func (r *Ring) hold(now time.Duration) {
	r.holding, r.late, r.since = true, false, now
	r.level.reset()
	r.trim = 0
}

// Renew says that what comes next does not belong to what came before: the
// device is not late for it, and it waits like the first sound.
func (r *Ring) Renew(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle > 0 {
		r.idle = 0
		r.hold(now)
	}
}

// Resume says that a device begins to read. What has become old while there was
// none is left out.
func (r *Ring) Resume(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = 0
	r.lead = int64(lead.Seconds() * r.level.rate)
	if r.started {
		r.skip(r.head - r.target)
		r.hold(now)
	}
}

// End says that nothing more will come. What is there is played without waiting.
func (r *Ring) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// Read gives the device what it plays next. It returns true if dst is silence
// since everything has been played and nothing more will come.
func (r *Ring) Read(dst []byte, now time.Duration) (over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(now)
	if r.lead > 0 {
		n := min(r.lead, int64(len(dst)/r.frameSize))
		fill(dst[:int(n)*r.frameSize], r.silence)
		dst = dst[int(n)*r.frameSize:]
		r.lead -= n
	}
	if r.holding && r.enough(now) {
		r.holding, r.late = false, false
		r.level.reset()
	}
	if r.holding {
		fill(dst, r.silence)
		if r.late {
			r.counts.Late += uint64(len(dst) / r.frameSize)
		}
		return r.ended
	}
	if len(dst) == 0 {
		return false
	}
	over = r.ended && r.position == r.head
	rest := dst[r.play(dst)*r.frameSize:]
	fill(rest, r.silence)
	r.idle += int64(len(rest) / r.frameSize)
	return over
}

// enough says whether the sound that waits can be played: the newest block came
// as much before its turn as it should, or the first one has waited as long. The
// former is so at once where the sound comes in a rush, as after a stall; the
// latter where there is little of it. r.mu is held.
func (r *Ring) enough(now time.Duration) bool {
	return r.head > r.position &&
		(r.ended || r.newest-r.position >= r.target || now-r.since >= r.delay)
}

// play copies what there is into dst and returns the number of audio frames.
// r.mu is held.
func (r *Ring) play(dst []byte) int {
	wanted := int64(len(dst) / r.frameSize)
	done := int64(0)
	for done < wanted && r.position < r.head {
		n := min(wanted-done, r.head-r.position)
		if r.trim != 0 {
			n = min(n, r.interval)
		}
		slot := r.position % r.capacity
		n = min(n, r.capacity-slot)
		copy(dst[int(done)*r.frameSize:], r.slots(slot, n))
		done += n
		r.position += n
		if r.trim != 0 {
			r.interval -= n
			r.correct()
		}
	}
	r.counts.Played += uint64(done)
	r.started = r.started || done > 0
	return int(done)
}

// correct drops or repeats an audio frame if it is time for it. r.mu is held.
func (r *Ring) correct() {
	switch {
	case r.interval > 0:
		return
	case r.trim < 0:
		r.position-- // the one that was just played
		r.counts.Repeated++
		r.trim++
	case r.position < r.head:
		r.position++
		r.counts.Dropped++
		r.trim--
	}
	r.interval = r.spacing
}

// observe notes how much sound has been waiting until now, and decides what to
// do about it. r.mu is held.
func (r *Ring) observe(now time.Duration) {
	if r.holding || r.idle > 0 || r.ended || r.trim != 0 {
		r.level.reset()
	}
	waiting := r.head - r.position
	if !r.level.observe(now, waiting) {
		return
	}
	// What waits on the average: between two blocks it falls by the length of
	// one, to what it should be.
	surplus := r.level.mean() - r.target - r.length/2
	least := r.level.least - r.target
	tolerance := max(r.target/4, int64(tolerance.Seconds()*r.level.rate))
	switch {
	case !r.level.steady(waiting):
	case least > int64(excess.Seconds()*r.level.rate):
		r.skip(r.position + least)
	case surplus > tolerance || surplus < -tolerance:
		r.trim, r.spacing = r.level.plan(surplus)
		r.interval = r.spacing
	}
	r.level.reset()
}

// Counts returns what became of the sound so far.
func (r *Ring) Counts() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

// waiting returns how many audio frames wait.
func (r *Ring) waiting() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return uint64(r.head - r.position)
}

// Fill returns how much sound waits.
func (r *Ring) Fill() time.Duration { return r.duration(r.waiting()) }

// duration returns how long so many audio frames sound.
func (r *Ring) duration(frames uint64) time.Duration {
	return time.Duration(math.Round(float64(frames) / float64(r.format.SampleRate) * float64(time.Second)))
}

// fill sets all bytes.
func fill(dst []byte, value byte) {
	for i := range dst {
		dst[i] = value
	}
}
