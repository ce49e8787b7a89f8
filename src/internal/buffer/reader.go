package buffer

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// Reader reads from a [Ring] at its own pace, independently of other readers. One
// goroutine at a time uses a Reader. A Reader needs no closing.
type Reader struct {
	ring  *Ring
	ready chan struct{} // has room for one; nil for a thread's reader
	event futexEvent    // for a thread's reader
	until uint64        // position at which the block waited for is complete
	kept  uint64        // index of the oldest audio frame that it keeps; see Keep
}

// NewReader returns a reader of the ring.
func (r *Ring) NewReader() *Reader {
	return &Reader{ring: r, ready: make(chan struct{}, 1)}
}

// NewThreadReader returns a reader of the ring for a goroutine with a thread of its own
// ([runtime.LockOSThread]). The writer wakes that thread directly, which matters if it has
// a real-time priority. [Reader.Read] then ignores its ctx, which must never end.
func (r *Ring) NewThreadReader() *Reader { return &Reader{ring: r} }

// Keep makes [Ring.Room] wait for this reader, from the index at on: each [Reader.Read]
// frees the audio frames before its own index. [Reader.Release] ends it.
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
// If first is larger than at, the frames between are lost to this reader: overwritten
// because it was late, or lost by the device. If n is smaller than the frames that fit
// into dst, a gap or the end follows. first + n as the next at continues without a gap;
// less gives overlapping blocks, more leaves frames out.
//
// After [Ring.Close] it returns the rest, then io.EOF, with first behind the frames that
// were lost last. It returns ctx's error if that ends during the wait. It allocates
// nothing. It panics unless dst holds whole frames, at least one and at most the ring's
// capacity.
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
			r.event.wait()
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
				<-r.ready // woken at the same time: consumed, or it would end the next wait
			}
			ring.mu.Unlock()
			return run.first, 0, ctx.Err()
		}
	}
}

// wake ends the reader's wait. The reader is no longer in Ring.waiting.
func (r *Reader) wake() {
	if r.ready == nil {
		r.event.signal()
		return
	}
	r.ready <- struct{}{} // never blocks: room for one, and a waiting reader has none
}
