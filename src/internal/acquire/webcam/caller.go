package webcam

import (
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// caller makes blocking calls on an operating-system thread of its own, one at
// a time, so that whoever waits for one can stop waiting.
//
// Its methods belong to one goroutine, the user. What a call reads and writes
// belongs to the thread from start until finish or await has said that it
// returned, and to the user otherwise.
type caller struct {
	calls    chan func()   // to the thread; one may wait while one is running
	returned chan struct{} // one token for each call that has returned
	done     chan struct{} // closed when the thread has made its last call
	thread   atomic.Int32  // its id, 0 when it has gone
	out      bool          // a call has been started and not been finished
}

func newCaller() *caller {
	c := &caller{
		calls:    make(chan func(), 1),
		returned: make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	go c.serve()
	return c
}

func (c *caller) serve() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c.thread.Store(int32(unix.Gettid()))
	defer close(c.done)
	defer c.thread.Store(0)
	for call := range c.calls {
		call()
		// Nobody fetches the token of a call that was left behind, and after
		// it comes only the last one.
		select {
		case c.returned <- struct{}{}:
		default:
		}
	}
}

// start makes a call. None must be out. It does not block; the user waits for
// c.returned and then says finish.
func (c *caller) start(call func()) {
	c.out = true
	c.calls <- call
}

// finish notes that the token of the call has been received.
func (c *caller) finish() { c.out = false }

// await waits for the call that is out, if any, but not longer than limit, and
// says whether it has returned. With interrupt it wakes the thread again and
// again, as it may be just about to sleep.
func (c *caller) await(limit time.Duration, interrupt bool) bool {
	deadline := time.Now().Add(limit)
	for c.out {
		left := time.Until(deadline)
		if left <= 0 {
			return false
		}
		if interrupt {
			c.interrupt()
			left = min(left, 5*time.Millisecond)
		}
		timer := time.NewTimer(left)
		select {
		case <-c.returned:
			c.finish()
		case <-timer.C:
		}
		timer.Stop()
	}
	return true
}

// interrupt makes a select() or poll() of the thread return with EINTR. It
// sends the signal by which Go's runtime preempts goroutines, because its
// handler takes any number of them for nothing.
func (c *caller) interrupt() {
	if thread := c.thread.Load(); thread != 0 {
		// The thread may have gone in between: then there is nobody to wake.
		_ = unix.Tgkill(os.Getpid(), int(thread), unix.SIGURG)
	}
}

// stop makes the last call, as soon as the one that is out has returned, and
// ends the thread; done tells when. It does not block.
func (c *caller) stop(last func()) {
	c.calls <- last
	close(c.calls)
}
