package buffer

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// maxSegments bounds the gaps that a ring remembers. Each gap is a loss of at least one
// period: sound with more gaps within one ring is of no use. The oldest segment is then
// dropped like an overwritten one.
const maxSegments = 64

// segment is a run of audio frames without a gap. It reaches to the next segment's
// position, or to the ring's end.
type segment struct {
	first    uint64 // index of its first audio frame
	position uint64 // number of frames that were written before that one
}

// Ring is a ring buffer of audio frames that overwrites the oldest. An audio frame is one
// sample of every channel. Its index counts on from the first one given to [NewRing].
//
// One goroutine or thread at a time calls [Ring.Write], [Ring.Skip], [Ring.Hold], [Ring.Advance],
// [Ring.Release] and [Ring.Close]. It may have a real-time priority: they
// allocate nothing, and wait for at most one memory copy of a reader. Any goroutine may
// call the rest.
//
// A writer that can wait, as one that plays a file, waits with [Ring.Room] for the
// readers that called [Reader.Keep], and overwrites nothing of theirs.
type Ring struct {
	frameSize int
	capacity  uint64

	mu       sync.Mutex
	data     []byte // the frame at position p lies in slot p % capacity
	end      uint64 // position: frames written in total
	holding  bool   // the frames from limit on are held back
	limit    uint64 // position of the first frame that is held back
	segments []segment
	closed   bool
	waiting  []*Reader
	keeping  []*Reader
	supply   Supply        // (optional) set before there are readers
	room     chan struct{} // closed when a reader in keeping has advanced; nil while no writer waits
}

// NewRing returns a ring for capacity audio frames of frameSize bytes. The first frame
// will have the index first. It panics unless both sizes are positive.
func NewRing(frameSize, capacity int, first uint64) *Ring {
	if frameSize <= 0 || capacity <= 0 {
		panic(fmt.Sprintf("buffer: ring of %d frames of %d bytes", capacity, frameSize))
	}
	segments := make([]segment, 1, maxSegments)
	segments[0] = segment{first: first}
	return &Ring{
		frameSize: frameSize,
		capacity:  uint64(capacity),
		data:      make([]byte, frameSize*capacity),
		segments:  segments,
	}
}

// FrameSize returns the size of one audio frame [bytes].
func (r *Ring) FrameSize() int { return r.frameSize }

// Capacity returns the number of audio frames that the ring holds.
func (r *Ring) Capacity() int { return int(r.capacity) }

// Write copies whole audio frames into the ring, over the oldest ones if it is full. It
// panics if data ends inside a frame, or if the ring is closed.
func (r *Ring) Write(data []byte) {
	if len(data)%r.frameSize != 0 {
		panic(fmt.Sprintf("buffer: %d bytes are not whole frames of %d", len(data), r.frameSize))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mustBeOpen()

	// Of more than the ring holds, only the newest survive.
	if excess := len(data) - len(r.data); excess > 0 {
		data = data[excess:]
		r.end += uint64(excess / r.frameSize)
	}
	at := int(r.end%r.capacity) * r.frameSize
	n := copy(r.data[at:], data)
	copy(r.data, data[n:])
	r.end += uint64(len(data) / r.frameSize)

	r.forget()
	r.wake(false)
}

// Room waits until n audio frames can be written without overwriting any that a reader
// keeps, or returns ctx's error when ctx ends. The writer calls it. It panics if n is more
// than the ring holds.
func (r *Ring) Room(ctx context.Context, n int) error {
	if uint64(n) > r.capacity {
		panic(fmt.Sprintf("buffer: room for %d frames in a ring of %d", n, r.capacity))
	}
	r.mu.Lock()
	for {
		kept := r.head() + uint64(n) - r.capacity // index of the oldest frame that survives; wraps around while the ring is not full
		if r.head()+uint64(n) < r.capacity || !slices.ContainsFunc(r.keeping, func(reader *Reader) bool { return reader.kept < kept }) {
			r.mu.Unlock()
			return nil
		}
		if r.room == nil {
			r.room = make(chan struct{})
		}
		room := r.room
		r.mu.Unlock()
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
		r.mu.Lock()
	}
}

// Skip leaves out n audio frames that the device lost: the next index is larger by n.
// Frames before the gap stay readable.
func (r *Ring) Skip(n uint64) {
	if n == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mustBeOpen()

	r.gap(n)
	r.wake(true)
}

// gap leaves out n audio frames after the newest readable one. r.mu is held.
func (r *Ring) gap(n uint64) {
	last := &r.segments[len(r.segments)-1]
	if last.position == r.visible() { // nothing was written since the last gap
		last.first += n
		return
	}
	first := r.head() + n
	if len(r.segments) == maxSegments {
		r.segments = r.segments[:copy(r.segments, r.segments[1:])]
	}
	r.segments = append(r.segments, segment{first: first, position: r.visible()})
}

// Hold holds back all that is written from now on from the readers, until [Ring.Release]:
// its indices are not certain yet. It takes room in the ring like other sound.
func (r *Ring) Hold() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.holding {
		r.holding, r.limit = true, r.end
	}
}

// Advance gives the readers the n oldest audio frames that are held back, or all if there
// are fewer. No gap precedes them.
func (r *Ring) Advance(n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.holding {
		r.limit = min(r.limit+n, r.end)
		r.forget()
		r.wake(false)
	}
}

// Release gives the readers all that was held back, after a gap of lost audio frames, and
// ends Hold.
func (r *Ring) Release(lost uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.holding {
		return
	}
	r.mustBeOpen()
	if lost > 0 {
		r.gap(lost)
	}
	r.holding = false
	r.forget()
	r.wake(lost > 0)
}

// Close ends writing. Readers get the rest, frames that are held back included, and then
// io.EOF. It may be called twice.
func (r *Ring) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed, r.holding = true, false
	r.wake(true)
}

// Head returns the index one past the newest audio frame that is not held back. Lost
// frames count.
func (r *Ring) Head() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.head()
}

// Oldest returns the index of the oldest readable audio frame, or Head if there is none.
func (r *Ring) Oldest() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.locate(0).first
}

// Snapshot copies the newest audio frames before Head into dst, as many as fit and follow
// each other without a gap. It returns the index of the first one and their number, and
// does not wait.
func (r *Ring) Snapshot(dst []byte) (first uint64, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.segments[len(r.segments)-1]
	start := max(last.position, r.oldestPosition())
	if want := uint64(len(dst) / r.frameSize); r.visible()-start > want {
		start = r.visible() - want
	}
	n = int(r.visible() - start)
	r.copyOut(dst, start, n)
	return last.first + (start - last.position), n
}

// Copy copies the readable ones of the audio frames from the index at on to their places
// in dst. It leaves the places of lost, overwritten and future frames alone. It returns
// the number of frames copied, and does not wait. It panics unless dst holds whole frames.
func (r *Ring) Copy(at uint64, dst []byte) (copied int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.copyPlaced(at, dst)
}

// Latest copies the newest audio frames as Copy does, as many as dst has places for. It
// returns Head, and the index of the first place: 0 if there are fewer frames before head
// than places, so that the last places stay free.
func (r *Ring) Latest(dst []byte) (first, head uint64, copied int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	head = r.head()
	if places := uint64(len(dst) / r.frameSize); head > places {
		first = head - places
	}
	return first, head, r.copyPlaced(first, dst)
}

// copyPlaced implements Copy. r.mu is held.
func (r *Ring) copyPlaced(at uint64, dst []byte) (copied int) {
	if len(dst)%r.frameSize != 0 {
		panic(fmt.Sprintf("buffer: copy of %d bytes from a ring of frames of %d", len(dst), r.frameSize))
	}
	end := at + uint64(len(dst)/r.frameSize)
	for next := at; next < end; {
		run := r.locate(next)
		if run.length == 0 || run.first >= end {
			break
		}
		n := min(run.length, end-run.first)
		r.copyOut(dst[int(run.first-at)*r.frameSize:], run.position, int(n))
		copied += int(n)
		next = run.first + n
	}
	return copied
}

func (r *Ring) mustBeOpen() {
	if r.closed {
		panic("buffer: write to a closed ring")
	}
}

func (r *Ring) head() uint64 {
	last := r.segments[len(r.segments)-1]
	return last.first + (r.visible() - last.position)
}

// visible returns the position one past the newest frame that is not held back.
func (r *Ring) visible() uint64 {
	if r.holding {
		return r.limit
	}
	return r.end
}

// oldestPosition returns the position of the oldest frame that is not overwritten, or
// visible if there is none.
func (r *Ring) oldestPosition() uint64 {
	oldest := r.segments[0].position
	if r.end > r.capacity {
		oldest = max(oldest, r.end-r.capacity)
	}
	return min(oldest, r.visible())
}

// forget drops the segments that are completely overwritten.
func (r *Ring) forget() {
	oldest := r.oldestPosition()
	gone := 0
	for gone+1 < len(r.segments) && r.segments[gone+1].position <= oldest {
		gone++
	}
	if gone > 0 {
		r.segments = r.segments[:copy(r.segments, r.segments[gone:])]
	}
}

// run is a run of readable audio frames without a gap.
type run struct {
	first    uint64 // index of the first one
	position uint64 // of the first one
	length   uint64 // 0 if nothing is readable yet; first is then the next frame
	last     bool   // reaches to the ring's end, and may grow
}

// locate returns the run at or after the index at. r.mu is held.
func (r *Ring) locate(at uint64) run {
	oldest := r.oldestPosition()
	for k, s := range r.segments {
		last := k == len(r.segments)-1
		end := r.visible()
		if !last {
			end = r.segments[k+1].position
		}
		start := max(s.position, oldest)
		first := s.first + (start - s.position)
		if at > first {
			first, start = at, start+(at-first)
		}
		if start < end {
			return run{first, start, end - start, last}
		}
		if last {
			return run{first, start, 0, true}
		}
	}
	panic("buffer: ring without a segment") // there always is one
}

// copyOut copies n frames from the position on. r.mu is held.
func (r *Ring) copyOut(dst []byte, position uint64, n int) {
	dst = dst[:n*r.frameSize]
	at := int(position%r.capacity) * r.frameSize
	k := copy(dst, r.data[at:])
	copy(dst[k:], r.data)
}

// freed wakes a writer that waits for room. r.mu is held.
func (r *Ring) freed() {
	if r.room != nil {
		close(r.room)
		r.room = nil
	}
}

// leave takes a reader out of those that wait, and returns whether it was among them. r.mu is
// held.
func (r *Ring) leave(reader *Reader) bool {
	i := slices.Index(r.waiting, reader)
	if i < 0 {
		return false
	}
	r.waiting = slices.Delete(r.waiting, i, i+1)
	return true
}

// wake wakes the readers whose block is complete, or all of them. r.mu is held.
func (r *Ring) wake(all bool) {
	kept := r.waiting[:0]
	for _, reader := range r.waiting {
		if all || reader.until <= r.visible() {
			reader.wake()
		} else {
			kept = append(kept, reader)
		}
	}
	clear(r.waiting[len(kept):])
	r.waiting = kept
}
