package process_test

import (
	"runtime"
	"sync"
	"testing"

	"av_capture/src/internal/process"

	"golang.org/x/sys/unix"
)

func TestEveryThreadHasTheSlack(t *testing.T) {
	const threads = 8
	var all, done sync.WaitGroup
	all.Add(threads)
	for range threads {
		done.Add(1)
		go func() {
			defer done.Done()
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait() // each in a thread of its own
			slack, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
			if err != nil || slack < process.TimerSlack {
				t.Errorf("got %d ns, %v, want %d", slack, err, process.TimerSlack)
			}
		}()
	}
	done.Wait()
}
