package process

import (
	"errors"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The process's first thread cannot end, as the tests want their threads to: this
// keeps it to the main goroutine, which runs none of them.
func init() { runtime.LockOSThread() }

// attributes returns the scheduling attributes of the calling thread.
func attributes(t *testing.T) *unix.SchedAttr {
	has, err := unix.SchedGetAttr(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	return has
}

// onThread calls f on a thread that ends with it.
func onThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		f()
	}()
	<-done
}

// setRight gives the calling thread what lets root have any priority, or takes it.
func setRight(t *testing.T, has bool) {
	t.Helper()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
	data[0].Effective &^= 1 << unix.CAP_SYS_NICE
	if has {
		data[0].Effective |= 1 << unix.CAP_SYS_NICE & data[0].Permitted
	}
	if err := unix.Capset(&header, &data[0]); err != nil {
		t.Fatal(err)
	}
}

// withoutRight takes from the calling thread what lets root have any priority,
// and calls f while nobody of this process may have one.
func withoutRight(t *testing.T, f func()) {
	setRight(t, false)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_RTPRIO, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_RTPRIO, &unix.Rlimit{Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := unix.Setrlimit(unix.RLIMIT_RTPRIO, &before); err != nil {
			t.Error(err)
		}
	}()
	f()
}

// allowed reports whether this process may have a real-time priority.
func allowed(t *testing.T) (yes bool) {
	onThread(func() {
		yes = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 7}, 0) == nil
	})
	if !yes {
		t.Log("this user may have no real-time priority: what is refused is tested alone")
	}
	return yes
}

func TestPreferGivesTheThreadAndNoOtherThePriority(t *testing.T) {
	if !allowed(t) {
		return
	}
	var thread int
	var has *unix.SchedAttr
	RunThread(3, func(err error) { t.Error(err) }, func() {
		thread, has = unix.Gettid(), attributes(t)
		onThread(func() {
			if other := attributes(t); other.Policy != unix.SCHED_NORMAL {
				t.Errorf("a thread that was started has policy %d", other.Policy)
			}
		})
	})
	if has.Policy != unix.SCHED_RR || has.Priority != 3 {
		t.Errorf("got policy %d, priority %d, want SCHED_RR (%d) and 3", has.Policy, has.Priority, unix.SCHED_RR)
	}
	deadline := time.Now().Add(time.Minute)
	for path := "/proc/self/task/" + strconv.Itoa(thread); ; runtime.Gosched() {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the thread goes on, and others get its priority")
		}
	}
}

func TestAThreadOfTheSoundSystemKeepsItsPriority(t *testing.T) {
	if !allowed(t) {
		return
	}
	onThread(func() {
		want := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 9}
		if err := unix.SchedSetAttr(0, want, 0); err != nil {
			t.Error(err)
		}
		if err := SetPriority(0, 3); err != nil {
			t.Error(err)
		}
		if has := attributes(t); has.Policy != want.Policy || has.Priority != want.Priority {
			t.Errorf("got policy %d, priority %d, want those of before", has.Policy, has.Priority)
		}
	})
}

func TestARefusalIsToldAndTurnsAreShort(t *testing.T) {
	ran := false
	onThread(func() {
		withoutRight(t, func() {
			err := SetPriority(0, 3)
			if want := "process: real-time priority 3: operation not permitted"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			has := attributes(t)
			// Older kernels have no length of turns for such threads: 0.
			if slice := time.Duration(has.Runtime); has.Policy != unix.SCHED_NORMAL || slice != shortTurn && slice != 0 {
				t.Errorf("got policy %d and turns of %v, want those of others and %v", has.Policy, slice, shortTurn)
			}
			ran = true
		})
	})
	if !ran {
		t.Error("not run")
	}
}
