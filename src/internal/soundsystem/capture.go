package soundsystem

/*
#cgo LDFLAGS: -Wl,--wrap=goDataCallback

#include "capture.h"
*/
import "C"

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/media"
)

// Captured is a period of a microphone's sound.
type Captured struct {
	Data    []byte        // interleaved samples
	Frames  int           // [audio frames] in Data
	Arrival time.Duration // when the sound system gave it, on CLOCK_MONOTONIC

	// Waiting is the number of audio frames in the device's buffer at Arrival, behind this period;
	// 0 but with ALSA, since no other sound system tells. USB's packets have another number of audio frames
	// than a period, which ends somewhere in a packet but is handed over at the packet's end; and
	// a thread may be late. With what waits the time is right all the same.
	Waiting int

	Dropped uint64 // [audio frames] lost just before it, since the reader was late
	Overrun bool   // the sound system has reported an overrun since the last period
}

// capture is the ring buffer between the sound system's thread and a reader. The counters of
// struct capture are used atomically. No method but newCapture and into calls C: a call from
// Go wakes the scheduler's monitor thread.
type capture struct {
	c      *C.struct_capture
	ring   []C.struct_period
	taken  atomic.Uint64 // [audio frames] that were read or dropped
	thread atomic.Int64  // of the sound system; 0 before its first callback
	pinner runtime.Pinner
}

// Bounds of the sound that waits for a reader that is late. A PulseAudio server keeps at most 4 MiB
// for a stopped process, and hands it over at once.
const (
	leastHeld = time.Second
	mostHeld  = 8 << 20 // [bytes]
)

// newCapture makes the buffer for a format, of so many audio frames in periods. Close it once
// the device is freed.
func newCapture(format media.AudioFormat, held, periodFrames int) (*capture, error) {
	event, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	const unit = C.sizeof_struct_period
	frames := max(min(held, mostHeld/format.FrameSize()), int(leastHeld.Seconds()*float64(format.SampleRate)))
	// A header for each period, and at most one unit that is not full.
	units := frames*format.FrameSize()/unit + 2*(frames/periodFrames+2)
	r := &capture{ring: make([]C.struct_period, units), c: new(C.struct_capture)}
	r.pinner.Pin(r.c)
	r.pinner.Pin(unsafe.SliceData(r.ring))
	r.c.ring = unsafe.SliceData(r.ring)
	r.c.size = C.uint64_t(units)
	r.c.frame_size = C.uint32_t(format.FrameSize())
	r.c.event = C.int(event)
	r.c.wake_at = C.UINT64_MAX
	return r, nil
}

// into has the calling thread of the sound system, in its first callback, write into the buffer
// from now on. input is the period of that callback.
func (r *capture) into(input []byte, frames int) {
	r.thread.Store(int64(unix.Gettid()))
	C.capture_into(r.c)
	C.capture_write(r.c, unsafe.Pointer(unsafe.SliceData(input)), C.uint32_t(frames))
}

// take calls f with each period that waits. One goroutine at a time calls it. The data are
// valid until f returns.
func (r *capture) take(f func(Captured)) {
	written := atomic.LoadUint64((*uint64)(&r.c.written))
	for read := uint64(r.c.read); read < written; {
		at := read % uint64(len(r.ring))
		p := &r.ring[at]
		if p.frames == C.NO_PERIOD {
			read += uint64(len(r.ring)) - at
			continue
		}
		bytes := int(p.frames) * int(r.c.frame_size)
		units := uint64(bytes+C.sizeof_struct_period-1) / C.sizeof_struct_period
		f(Captured{
			Data:    unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(r.ring[at+1:at+1+units]))), bytes),
			Frames:  int(p.frames),
			Arrival: time.Duration(p.at),
			Waiting: int(p.waiting),
			Dropped: uint64(p.dropped),
			Overrun: p.xrun != 0,
		})
		r.taken.Add(uint64(p.dropped) + uint64(p.frames)) // after f: who arms meanwhile is woken early rather than late
		read += 1 + units
		atomic.StoreUint64((*uint64)(&r.c.read), read)
	}
}

// arm has the eventfd signalled when so many audio frames more than were taken have come. It
// returns true if they have.
func (r *capture) arm(frames uint64) bool {
	wanted := r.taken.Load() + frames
	atomic.StoreUint64((*uint64)(&r.c.wake_at), wanted)
	return atomic.LoadUint64((*uint64)(&r.c.frames)) >= wanted
}

// overrun notes that the sound system has reported an overrun.
func (r *capture) overrun() { atomic.StoreUint32((*uint32)(&r.c.xrun), 1) }

// callbacks returns the number of callbacks so far.
func (r *capture) callbacks() uint64 { return atomic.LoadUint64((*uint64)(&r.c.callbacks)) }

// close frees what the thread, which has ended, used.
func (r *capture) close() {
	r.pinner.Unpin()
	_ = unix.Close(int(r.c.event))
}
