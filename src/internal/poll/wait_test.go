package poll_test

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"av_capture/src/internal/poll"
)

func eventfd(t *testing.T) int {
	t.Helper()
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

func TestWaitEndsWithASignalAndSaysWhich(t *testing.T) {
	files := []unix.PollFd{{Fd: int32(eventfd(t)), Events: unix.POLLIN}, {Fd: int32(eventfd(t)), Events: unix.POLLIN}}
	for i := range 1000 {
		signalled := i % 2
		go poll.Signal(int(files[signalled].Fd))
		poll.Wait(files)
		if files[signalled].Revents != unix.POLLIN || files[1-signalled].Revents != 0 {
			t.Fatalf("signal %d of file %d: %+v", i, signalled, files)
		}
		poll.Reset(int(files[signalled].Fd))
	}
}

// TestWaitLeavesTheProcessorToOthers waits on the only processor, while others run and collect
// garbage.
func TestWaitLeavesTheProcessorToOthers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	fd := eventfd(t)
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		runtime.LockOSThread()
		poll.Wait([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}})
	}()
	for range 20 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	select {
	case <-waited:
		t.Error("Wait returned without a signal")
	default:
	}
	poll.Signal(fd)
	<-waited
}

func TestWaitForEndsWithItsLimitOrASignal(t *testing.T) {
	files := []unix.PollFd{{Fd: int32(eventfd(t)), Events: unix.POLLIN}}
	const limit = 20 * time.Millisecond
	for begun := time.Now(); time.Since(begun) < limit; { // signals of Go's own may end it early
		poll.WaitFor(files, limit-time.Since(begun))
		if files[0].Revents != 0 {
			t.Fatalf("without a signal: %+v", files)
		}
	}
	for _, limit := range []time.Duration{-time.Second, 0, time.Hour} {
		poll.Signal(int(files[0].Fd))
		for files[0].Revents = 0; files[0].Revents == 0; {
			poll.WaitFor(files, limit)
		}
		if files[0].Revents != unix.POLLIN {
			t.Fatalf("limit %v, after a signal: %+v", limit, files)
		}
		poll.Reset(int(files[0].Fd))
	}
}

func TestWaitAllocatesNothing(t *testing.T) {
	fd := eventfd(t)
	files := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if got := testing.AllocsPerRun(100, func() {
		poll.Signal(fd)
		poll.Wait(files)
		poll.Reset(fd)
	}); got != 0 {
		t.Errorf("%v allocations, want 0", got)
	}
}
