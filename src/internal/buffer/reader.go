package buffer

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// Reader reads from a [Ring] at its own pace, independently of other readers. One
// goroutine at a time uses a Reader, but any may call Interrupt.
type Reader struct {
	ring        *Ring
	ready       chan struct{} // has room for one; nil for a thread's reader
	thread      *thread       // for a thread's reader
	until       uint64        // position at which the block waited for is complete
	patient     bool          // it waits until others have the supply pulled
	kept        uint64        // index of the oldest audio frame that it keeps; see Keep
	interrupted bool          // by Interrupt, since the last wait
}

// NewReader returns a reader of the ring.
func (r *Ring) NewReader() *Reader {
	return &Reader{ring: r, ready: make(chan struct{}, 1)}
}

// Keep makes [Ring.Room] wait for this reader, from the index at on: each [Reader.Read]
// frees the audio frames before its own index. [Reader.Release] ends it.
func (r *Reader) Keep(at uint64) {
	r.ring.mu.Lock()
	defer r.ring.mu.Unlock()
	r.kept = at
	r.ring.keeping = append(r.ring.keeping, r)
}

// Release ends Keep, and gives back what a thread's reader has. It may be called twice.
func (r *Reader) Release() {
	r.ring.mu.Lock()
	defer r.ring.mu.Unlock()
	if r.thread != nil {
		r.thread.close()
	}
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
	r.keepFrom(at)
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
		if err := r.wait(ctx, run.position+want); err != nil {
			ring.mu.Unlock()
			return run.first, 0, err
		}
	}
}

// keepFrom frees the audio frames before an index, if the reader keeps any. r.ring.mu is held.
func (r *Reader) keepFrom(at uint64) {
	if at > r.kept && slices.Contains(r.ring.keeping, r) {
		r.kept = at
		r.ring.freed()
	}
}

// Await waits until so many audio frames from the index at on can be read, or the ring is
// closed. It returns early when [Reader.Interrupt] is called, or was since the last Await. It
// returns ctx's error if that ends first; a thread's reader ignores ctx. Nothing is pulled for it:
// it is as late as the source, which pulls by itself, or another reader.
func (r *Reader) Await(ctx context.Context, at uint64, frames int) error {
	ring := r.ring
	ring.mu.Lock()
	defer ring.mu.Unlock()
	r.keepFrom(at)
	r.patient = true
	defer func() { r.patient = false }()
	for !r.interrupted && !ring.closed {
		run := ring.locate(at)
		if run.first >= at+uint64(frames) || run.first+run.length >= at+uint64(frames) || run.length > 0 && !run.last {
			return nil
		}
		if err := r.wait(ctx, run.position+at+uint64(frames)-run.first); err != nil {
			return err
		}
	}
	r.interrupted = false
	return nil
}

// Interrupt ends the present or the next Await.
func (r *Reader) Interrupt() {
	r.ring.mu.Lock()
	defer r.ring.mu.Unlock()
	r.interrupted = true
	if r.ring.leave(r) {
		r.wake()
	}
}

// wait waits until the ring has sound up to a position, or early. It returns ctx's error if that
// ends first. r.ring.mu is held, but not meanwhile.
func (r *Reader) wait(ctx context.Context, until uint64) error {
	ring := r.ring
	r.until = until
	ring.waiting = append(ring.waiting, r)
	if r.thread != nil {
		r.thread.wait(ring)
		ring.leave(r)
		return nil
	}
	if ring.arm() { // its thread's reader may wait for what comes later
		ring.signalThreads()
	}
	ring.mu.Unlock()
	select {
	case <-r.ready:
		ring.mu.Lock()
		return nil
	case <-ctx.Done():
		ring.mu.Lock()
		if !ring.leave(r) {
			<-r.ready // woken at the same time: consumed, or it would end the next wait
		}
		return ctx.Err()
	}
}

// wake ends the reader's wait. The reader is no longer in Ring.waiting.
func (r *Reader) wake() {
	if r.thread != nil {
		r.thread.signal()
		return
	}
	r.ready <- struct{}{} // never blocks: room for one, and a waiting reader has none
}
