package opencv

import (
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// worker makes blocking calls on an operating-system thread of its own, one at a time, so
// that its user can stop waiting for one.
//
// One goroutine, the user, calls its methods. The data of a call belong to the thread from
// start until finish, or until await has returned true, and to the user otherwise.
type worker struct {
	calls    chan func()   // to the thread; one may wait while one is running
	returned chan struct{} // one token for each call that has returned
	done     chan struct{} // closed when the thread has made its last call
	thread   atomic.Int32  // its id, 0 when it has gone
	busy     bool          // a call has been started and not been finished
}

func newWorker() *worker {
	c := &worker{
		calls:    make(chan func(), 1),
		returned: make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
	go c.serve()
	return c
}

func (c *worker) serve() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c.thread.Store(int32(unix.Gettid()))
	defer close(c.done)
	defer c.thread.Store(0)
	for call := range c.calls {
		call()
		// The token of a call that was left behind stays: only the last call follows.
		select {
		case c.returned <- struct{}{}:
		default:
		}
	}
}

// start makes a call; no other may be under way. It does not block. The user waits for
// c.returned and then calls finish.
func (c *worker) start(call func()) {
	c.busy = true
	c.calls <- call
}

// finish notes that the token of the call has been received.
func (c *worker) finish() { c.busy = false }

// await waits for the call under way, if there is one, but no longer than limit, and
// reports whether it has returned. With interrupt it wakes the thread again and again, as
// the thread may be just about to sleep.
func (c *worker) await(limit time.Duration, interrupt bool) bool {
	deadline := time.Now().Add(limit)
	for c.busy {
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

// interrupt makes a select() or poll() of the thread return with EINTR. It sends the
// signal by which Go's runtime preempts goroutines, whose handler ignores surplus ones.
func (c *worker) interrupt() {
	if thread := c.thread.Load(); thread != 0 {
		// It fails if the thread has ended in between.
		_ = unix.Tgkill(os.Getpid(), int(thread), unix.SIGURG)
	}
}

// stop makes the last call, as soon as the one under way has returned, and ends the
// thread, which closes done. It does not block.
func (c *worker) stop(last func()) {
	c.calls <- last
	close(c.calls)
}
