package opencv

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestWorkerWakesThreadThatSleepsInPoll(t *testing.T) {
	var pipe [2]int
	if err := unix.Pipe(pipe[:]); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pipe[0])
	defer unix.Close(pipe[1])
	c := newWorker()
	for range 20 {
		var err error
		c.start(func() {
			// Nothing is ever written: only a signal ends this.
			_, err = unix.Poll([]unix.PollFd{{Fd: int32(pipe[0]), Events: unix.POLLIN}}, -1)
		})
		if !c.await(time.Minute, true) {
			t.Fatal("the thread was not woken")
		}
		if err != unix.EINTR {
			t.Errorf("poll: got %v, want EINTR", err)
		}
	}
	c.stop(func() {})
	<-c.done
}

func TestWorkerLeavesBlockedCallBehind(t *testing.T) {
	c := newWorker()
	release, last := make(chan struct{}), make(chan struct{})
	c.start(func() { <-release })
	if c.await(time.Millisecond, true) {
		t.Error("await: got true for a call that is blocked")
	}
	c.stop(func() { close(last) })
	select {
	case <-last:
		t.Error("the last call was made during another one")
	case <-c.done:
		t.Error("the thread ended during a call")
	default:
	}
	close(release)
	<-last
	<-c.done
}
