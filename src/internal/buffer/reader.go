package buffer

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// Reader reads from a [Ring] at a pace of its own. Any number of readers read
// the same ring without taking anything from each other. One goroutine uses a
// Reader at a time. A Reader needs no closing.
type Reader struct {
	ring  *Ring
	ready chan struct{} // has room for one; nil for the reader of a thread
	bell  bell          // of such a one
	until uint64        // position at which the block waited for is complete
	kept  uint64        // index of the oldest audio frame that it keeps; see Keep
}

// NewReader returns a reader of the ring.
func (r *Ring) NewReader() *Reader {
	return &Reader{ring: r, ready: make(chan struct{}, 1)}
}

// NewThreadReader returns a reader of the ring for a goroutine that has a thread to
// itself, by [runtime.LockOSThread]. The writer wakes that thread without a way
// round: it matters where the thread has a priority. It waits for the ring alone,
// so that the ctx of [Reader.Read] must be one that never ends.
func (r *Ring) NewThreadReader() *Reader { return &Reader{ring: r} }

// Keep makes [Ring.Room] wait until the reader has taken what it would overwrite,
// from the index at on: each [Reader.Read] gives free what lies before its own
// at. [Reader.Release] ends it.
func (r *Reader) Keep(at uint64) {
	r.ring.mu.Lock()
	defer r.ring.mu.Unlock()
	r.kept = at
	r.ring.keeping = append(r.ring.keeping, r)
}

// Release ends Keep.
func (r *Reader) Release() {
	r.ring.mu.Lock()
	defer r.ring.mu.Unlock()
	if i := slices.Index(r.ring.keeping, r); i >= 0 {
		r.ring.keeping = slices.Delete(r.ring.keeping, i, i+1)
		r.ring.freed()
	}
}

// Read waits until the audio frames from the index at on fill dst, and copies
// them. It returns the index of the first frame copied and their number.
//
// A first larger than at says that first − at frames are lost to this reader:
// overwritten because it was late, or lost by the device. The read then
// continues at the oldest frame after them. A number smaller than the frames
// that fit into dst says that a gap follows, or the end. To read on without
// missing anything, pass first plus the number as the next at; a smaller step
// gives overlapping blocks, a larger one leaves frames out.
//
// After [Ring.Close] it returns what is left, then io.EOF, where first tells
// what was lost last. When ctx ends during the wait it returns ctx's error. It
// allocates nothing. It panics if dst does not hold whole frames, at least one
// and at most the ring's capacity.
func (r *Reader) Read(ctx context.Context, at uint64, dst []byte) (first uint64, n int, err error) {
	ring := r.ring
	if len(dst)%ring.frameSize != 0 || len(dst) == 0 || len(dst) > len(ring.data) {
		panic(fmt.Sprintf("buffer: read of %d bytes from a ring of %d frames of %d", len(dst), ring.capacity, ring.frameSize))
	}
	want := uint64(len(dst) / ring.frameSize)

	ring.mu.Lock()
	if at > r.kept && slices.Contains(ring.keeping, r) {
		r.kept = at
		ring.freed()
	}
	for {
		run := ring.locate(at)
		if run.length >= want || run.length > 0 && (!run.last || ring.closed) {
			n := int(min(run.length, want))
			ring.copyOut(dst, run.position, n)
			ring.mu.Unlock()
			return run.first, n, nil
		}
		if ring.closed {
			ring.mu.Unlock()
			return run.first, 0, io.EOF
		}
		r.until = run.position + want
		ring.waiting = append(ring.waiting, r)
		ring.mu.Unlock()

		if r.ready == nil {
			r.bell.wait()
			ring.mu.Lock()
			continue
		}
		select {
		case <-r.ready:
			ring.mu.Lock()
		case <-ctx.Done():
			ring.mu.Lock()
			if i := slices.Index(ring.waiting, r); i >= 0 {
				ring.waiting = slices.Delete(ring.waiting, i, i+1)
			} else {
				<-r.ready // woken at the same time: the next wait must not see it
			}
			ring.mu.Unlock()
			return run.first, 0, ctx.Err()
		}
	}
}

// wake ends the reader's wait. It has been taken off those that wait.
func (r *Reader) wake() {
	if r.ready == nil {
		r.bell.ring()
		return
	}
	r.ready <- struct{}{} // never blocks: room for one, and a waiting reader has none
}

// freed wakes a writer that waits for room. mu is held.
func (r *Ring) freed() {
	if r.room != nil {
		close(r.room)
		r.room = nil
	}
}
