package process

import (
	"errors"
	"testing"

	"av_capture/src/internal/process/threadtest"

	"golang.org/x/sys/unix"
)

// atCeiling returns the attributes of the calling thread within [AtCeiling] and after it.
func atCeiling(t *testing.T) (within, after *unix.SchedAttr) {
	t.Helper()
	sentinel := errors.New("f's own")
	err := AtCeiling(func() error {
		within = attributes(t)
		return sentinel
	})
	if !errors.Is(err, sentinel) {
		t.Errorf("got the error %v, want that of f", err)
	}
	return within, attributes(t)
}

// asRealTime calls f while a thread of RunThread has the priority.
func asRealTime(t *testing.T, priority int, f func()) {
	t.Helper()
	there, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		RunThread(priority, func(err error) { t.Error(err) }, func() {
			close(there)
			<-end
		})
	}()
	<-there
	f()
	close(end)
	<-ended
}

func TestThreadsAreBelowTheHighestPriorityAtTheCeiling(t *testing.T) {
	if !allowed(t) {
		return
	}
	onThread(func() {
		const nice = 3
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, nice); err != nil {
			t.Fatal(err)
		}
		check := func(policy, priority uint32) {
			t.Helper()
			within, after := atCeiling(t)
			if within.Policy != policy || within.Priority != priority {
				t.Errorf("within: policy %d, priority %d, want %d and %d", within.Policy, within.Priority, policy, priority)
			}
			if after.Policy != unix.SCHED_NORMAL || after.Priority != 0 || after.Nice != nice || after.Flags != 0 {
				t.Errorf("after: %+v, want the policy and the nice value of before", after)
			}
		}
		check(unix.SCHED_NORMAL, 0)
		asRealTime(t, 4, func() {
			check(unix.SCHED_RR, 3)
			asRealTime(t, 9, func() { check(unix.SCHED_RR, 8) })
			check(unix.SCHED_RR, 3)
		})
		asRealTime(t, 1, func() { check(unix.SCHED_RR, 1) })
		check(unix.SCHED_NORMAL, 0)
	})
}

// started returns the scheduling of a thread that C starts.
func started(t *testing.T) threadtest.Scheduling {
	t.Helper()
	has, err := threadtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	return has
}

const nice = 3

// belowPriority4 calls f on a thread with the nice value nice, while another one has the real-time
// priority 4. It does not where this user may have none.
func belowPriority4(t *testing.T, f func()) {
	t.Helper()
	if !allowed(t) {
		return
	}
	onThread(func() {
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, nice); err != nil {
			t.Fatal(err)
		}
		asRealTime(t, 4, f)
	})
}

func TestThreadsThatAreStartedAtTheCeilingAreAsOthers(t *testing.T) {
	belowPriority4(t, func() {
		var within threadtest.Scheduling
		_ = AtCeiling(func() error { within = started(t); return nil })
		if within.Policy != unix.SCHED_NORMAL || within.Priority != 0 {
			t.Errorf("within: %+v, want policy %d and priority 0", within, unix.SCHED_NORMAL)
		}
		want := threadtest.Scheduling{Policy: unix.SCHED_NORMAL, Nice: nice}
		if after := started(t); after != want {
			t.Errorf("after: %+v, want %+v", after, want)
		}
	})
}

// A user who is not root may raise the priority, but not clear SCHED_RESET_ON_FORK.
func TestTheCeilingIsLeftWithoutRootAndReachedAgain(t *testing.T) {
	belowPriority4(t, func() {
		for i := range 3 {
			setRight(t, true)
			_ = AtCeiling(func() error {
				if within := attributes(t); within.Policy != unix.SCHED_RR || within.Priority != 3 {
					t.Errorf("%d, within: policy %d, priority %d, want %d and 3", i, within.Policy, within.Priority, unix.SCHED_RR)
				}
				setRight(t, false)
				return nil
			})
			if after := attributes(t); after.Policy != unix.SCHED_NORMAL || after.Priority != 0 {
				t.Errorf("%d, after: policy %d, priority %d, want %d and 0", i, after.Policy, after.Priority, unix.SCHED_NORMAL)
			}
			if has, want := started(t), (threadtest.Scheduling{Policy: unix.SCHED_NORMAL, Nice: nice}); has != want {
				t.Errorf("%d: a thread that was started has %+v, want %+v", i, has, want)
			}
		}
	})
}

func TestARealTimeThreadKeepsItsPriorityAtTheCeiling(t *testing.T) {
	if !allowed(t) {
		return
	}
	RunThread(4, func(err error) { t.Error(err) }, func() {
		asRealTime(t, 9, func() {
			if within, after := atCeiling(t); within.Priority != 4 || after.Priority != 4 {
				t.Errorf("within: priority %d, after: %d, want 4", within.Priority, after.Priority)
			}
		})
	})
}

func TestTheCeilingAllocatesNothing(t *testing.T) {
	if !allowed(t) {
		return
	}
	asRealTime(t, 4, func() {
		count := 0
		if allocated := testing.AllocsPerRun(100, func() {
			_ = AtCeiling(func() error { count++; return nil })
		}); allocated != 0 {
			t.Errorf("got %v allocations", allocated)
		}
	})
}
