package playback

import (
	"fmt"
	"math"
	"sync"
	"time"

	"av_capture/src/internal/media"
)

const (
	// maxHeld and maxHeldBytes bound the sound in a ring. A whole sentence may be
	// published at once.
	maxHeld      = 30 * time.Second
	maxHeldBytes = 64 << 20

	// maxMemory bounds the memory of all rings of a player [bytes], and maxRingMemory
	// that of one: the present and the newest ring always fit.
	maxMemory     = 256 << 20
	maxRingMemory = maxMemory/2 - page

	// page is the unit in which a ring allocates memory as sound comes [bytes]: unused
	// rings of formats that change all the time cost little.
	page = 1 << 18

	// maxSilence is the longest silence in place of missing sound. A longer one would
	// seem a failure of the program.
	maxSilence = 5 * time.Second

	// leadIn is the silence before the first sound on a device. Sound systems may drop
	// the beginning of a stream: a server mixes it into sound on its way already, an
	// amplifier wakes up.
	leadIn = 100 * time.Millisecond

	// chunk is the amount that is copied at a time while the device may wait [bytes].
	chunk = 1 << 14
)

// Ring is the buffer between a stream of sound and the device that plays it.
//
// One goroutine calls [Ring.Put]. The sound system's thread calls [Ring.Read], which
// allocates nothing and waits for the copy of at most one chunk. Any goroutine may call
// the rest.
type Ring struct {
	format    media.AudioFormat
	frameSize int
	silence   byte
	capacity  int64 // [audio frames]
	perPage   int64 // [audio frames] in a page
	target    int64 // [audio frames]
	longest   int64 // [audio frames] of silence
	delay     time.Duration

	mu       sync.Mutex
	pages    [][]byte // the audio frame with index i lies in slot i % capacity
	taken    int64    // [bytes] of allocated pages
	position int64    // index of the audio frame that is played next
	head     int64    // index one past the newest audio frame; missing ones count
	newest   int64    // index of the first audio frame of the newest block
	length   int64    // of the newest block

	holding bool          // sound waits until the fill reaches the target
	late    bool          // holding after an underrun
	since   time.Duration // start of holding
	started bool          // sound has been played
	ended   bool          // End was called
	idle    int64         // [audio frames] of silence since the ring ran empty
	leadIn  int64         // [audio frames] of silence still due before the first sound

	monitor  fillMonitor
	trim     int64 // audio frames still to drop, negative: to repeat
	spacing  int64 // [audio frames] between two of them
	interval int64 // [audio frames] to the next one

	counts Counts
}

// NewRing returns an empty ring for sound of a format, which it delays by target.
func NewRing(format media.AudioFormat, target time.Duration) *Ring {
	rate := float64(format.SampleRate)
	frames := func(d time.Duration) int64 { return framesOf(format, d) }
	r := &Ring{
		format:    format,
		frameSize: format.FrameSize(),
		target:    frames(target),
		longest:   frames(maxSilence),
		delay:     target,
		holding:   true,
		monitor:   fillMonitor{rate: rate},
	}
	r.capacity = capacity(format, target)
	r.perPage = max(1, int64(page/r.frameSize))
	r.pages = make([][]byte, (r.capacity+r.perPage-1)/r.perPage)
	if format.Encoding == media.U8 {
		r.silence = 128
	}
	return r
}

// framesOf returns the number of audio frames in a duration, at least one.
func framesOf(format media.AudioFormat, d time.Duration) int64 {
	return max(1, int64(d.Seconds()*float64(format.SampleRate)))
}

// capacity returns the audio frames of a ring: at least the target, a second, and a chunk.
func capacity(format media.AudioFormat, target time.Duration) int64 {
	size := format.FrameSize()
	room := min(framesOf(format, maxHeld), int64(maxHeldBytes/size))
	return max(room, framesOf(format, target)+framesOf(format, time.Second)) + int64(chunk/size) + 2
}

// check returns an error if sound of a format cannot be delayed by target.
func check(format media.AudioFormat, target time.Duration) error {
	if err := media.CheckSound(format); err != nil {
		return err
	}
	if bytes := capacity(format, target) * int64(format.FrameSize()); bytes > maxRingMemory {
		return fmt.Errorf("%s needs %d MB for %v, at most %d are allowed: choose a smaller --buffer", format, bytes>>20, target, maxRingMemory>>20)
	}
	return nil
}

// Format returns the format of the sound.
func (r *Ring) Format() media.AudioFormat { return r.format }

// Put adds a block, with the number of missing audio frames before it. It copies data.
func (r *Ring) Put(missing uint64, data []byte, now time.Duration) {
	length := int64(len(data) / r.frameSize)
	for gap := int64(r.arrive(missing, length, now)); gap > 0; {
		gap -= r.appendSilence(gap)
	}
	for done := int64(0); done < length; {
		n := min(length-done, r.chunk())
		r.append(n, func(slots []byte, at int64) { copy(slots, data[int(done+at)*r.frameSize:]) })
		done += n
	}
}

// arrive updates the state for a new block, and returns the silence before it [audio
// frames].
func (r *Ring) arrive(missing uint64, length int64, now time.Duration) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(now)
	r.counts.Missing += missing
	if missing > 0 {
		r.monitor.reset()
	}
	if idle := uint64(r.idle); idle > 0 && missing >= idle {
		// The device has played silence in place of a part of the gap.
		r.position += r.idle
		r.head = r.position
		r.counts.Played += idle
		missing -= idle
	} else if idle > 0 {
		// The sound is late. The missing part has been played as silence already.
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

// chunk returns the number of audio frames that are copied at a time.
func (r *Ring) chunk() int64 { return int64(max(1, chunk/r.frameSize)) }

// appendSilence adds the first chunk of a gap of so many audio frames, and returns the
// number of audio frames by which the gap is shorter then.
func (r *Ring) appendSilence(gap int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	// The device has played silence in place of this part since arrive, or since the chunk
	// before.
	played := min(gap, r.idle)
	r.idle -= played
	r.position += played
	r.head += played
	r.counts.Played += uint64(played)
	n := min(gap-played, r.chunk())
	r.write(n, func(slots []byte, _ int64) { fill(slots, r.silence) })
	return played + n
}

// append adds n audio frames of sound, at most a chunk. put is as in write.
func (r *Ring) append(n int64, put func(slots []byte, at int64)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle > 0 {
		// The device has played silence since arrive, or since the chunk before, but this
		// sound was there: it is late.
		r.counts.Underruns++
		r.counts.Late += uint64(r.idle)
		r.idle = 0
	}
	r.write(n, put)
}

// write adds n audio frames, at most a chunk. It calls put with memory for them and the
// number of audio frames before it. r.mu is held.
func (r *Ring) write(n int64, put func(slots []byte, at int64)) {
	// One slot stays, since the last audio frame may be repeated.
	if r.head+n-r.position >= r.capacity {
		r.skip(r.head + n - r.capacity + 1)
	}
	for done := int64(0); done < n; {
		slots := r.slots(r.head, n-done)
		put(slots, done)
		written := int64(len(slots) / r.frameSize)
		done += written
		r.head += written
	}
}

// slots returns the contiguous memory of up to n audio frames from an index on. It
// allocates a page on its first use. r.mu is held.
func (r *Ring) slots(index, n int64) []byte {
	slot := index % r.capacity
	at := slot % r.perPage
	n = min(n, r.capacity-slot, r.perPage-at)
	p := &r.pages[slot/r.perPage]
	if *p == nil {
		*p = make([]byte, int(r.perPage)*r.frameSize)
		r.taken += int64(len(*p))
	}
	return (*p)[int(at)*r.frameSize : int(at+n)*r.frameSize]
}

// memory returns the size of all pages [bytes].
func (r *Ring) memory() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.taken
}

// skip drops the sound before an index. r.mu is held.
func (r *Ring) skip(to int64) {
	if to > r.position {
		r.counts.Skipped += uint64(to - r.position)
		r.position = to
	}
	r.monitor.reset()
	r.trim = 0
}

// hold makes the sound wait for the target again. r.mu is held.
func (r *Ring) hold(now time.Duration) {
	r.holding, r.late, r.since = true, false, now
	r.monitor.reset()
	r.trim = 0
}

// Restart begins independent sound: it waits like the first one, and the silence before it
// is no underrun.
func (r *Ring) Restart(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.idle > 0 {
		r.idle = 0
		r.hold(now)
	}
}

// Resume prepares for a device that begins to read. It skips sound beyond the target, which
// has waited for the device.
func (r *Ring) Resume(now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.idle = 0
	r.leadIn = int64(leadIn.Seconds() * r.monitor.rate)
	if r.started {
		r.skip(r.head - r.target)
		r.hold(now)
	}
}

// End ends the input. The rest is played without waiting for the target.
func (r *Ring) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// Read fills dst with the next sound or silence for the device. over means that dst is
// silence because all sound has been played after End.
func (r *Ring) Read(dst []byte, now time.Duration) (over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.observe(now)
	if r.leadIn > 0 {
		n := min(r.leadIn, int64(len(dst)/r.frameSize))
		fill(dst[:int(n)*r.frameSize], r.silence)
		dst = dst[int(n)*r.frameSize:]
		r.leadIn -= n
	}
	if r.holding && r.ready(now) {
		r.holding, r.late = false, false
		r.monitor.reset()
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

// ready reports whether the waiting sound can be played: the newest block is early by the
// target, or the first one has waited for it. The former holds at once after a stall, when
// sound comes in a burst; the latter when there is little sound. r.mu is held.
func (r *Ring) ready(now time.Duration) bool {
	return r.head > r.position &&
		(r.ended || r.newest-r.position >= r.target || now-r.since >= r.delay)
}

// play copies sound into dst and returns the number of audio frames. r.mu is held.
func (r *Ring) play(dst []byte) int {
	wanted := int64(len(dst) / r.frameSize)
	done := int64(0)
	for done < wanted && r.position < r.head {
		n := min(wanted-done, r.head-r.position)
		if r.trim != 0 {
			n = min(n, r.interval)
		}
		n = int64(copy(dst[int(done)*r.frameSize:], r.slots(r.position, n)) / r.frameSize)
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

// correct drops or repeats an audio frame if one is due. r.mu is held.
func (r *Ring) correct() {
	switch {
	case r.interval > 0:
		return
	case r.trim < 0:
		r.position-- // the frame just played
		r.counts.Repeated++
		r.trim++
	case r.position < r.head:
		r.position++
		r.counts.Dropped++
		r.trim--
	}
	r.interval = r.spacing
}

// observe passes the present fill to the monitor, and plans corrections at the end of a
// window. r.mu is held.
func (r *Ring) observe(now time.Duration) {
	if r.holding || r.idle > 0 || r.ended || r.trim != 0 {
		r.monitor.reset()
	}
	waiting := r.head - r.position
	if !r.monitor.observe(now, waiting) {
		return
	}
	// The fill falls by the length of a block between two blocks, down to the target.
	surplus := r.monitor.mean() - r.target - r.length/2
	least := r.monitor.least - r.target
	tolerance := max(r.target/4, int64(minTolerance.Seconds()*r.monitor.rate))
	switch {
	case !r.monitor.steady(waiting):
	case least > int64(maxExcess.Seconds()*r.monitor.rate):
		r.skip(r.position + least)
	case surplus > tolerance || surplus < -tolerance:
		r.trim, r.spacing = r.monitor.correction(surplus)
		r.interval = r.spacing
	}
	r.monitor.reset()
}

// Counts returns the totals so far.
func (r *Ring) Counts() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

// waiting returns the number of audio frames that wait.
func (r *Ring) waiting() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return uint64(r.head - r.position)
}

// Fill returns the duration of the sound that waits.
func (r *Ring) Fill() time.Duration { return r.duration(r.waiting()) }

// duration returns the duration of a number of audio frames.
func (r *Ring) duration(frames uint64) time.Duration {
	return time.Duration(math.Round(float64(frames) / float64(r.format.SampleRate) * float64(time.Second)))
}

// fill sets all bytes to a value.
func fill(dst []byte, value byte) {
	for i := range dst {
		dst[i] = value
	}
}
