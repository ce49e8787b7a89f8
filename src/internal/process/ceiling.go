package process

// Threads of this process share the middleware's locks. A thread without a real-time
// priority that is interrupted while it holds one makes a real-time thread wait until all
// other programs have had their turns: priority inversion. So threads have nearly the
// priority of the highest while they hold such a lock, which is the priority ceiling protocol
// (Sha, Rajkumar, Lehoczky 1990, IEEE Transactions on Computers 39(9)).

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ceiling is the highest real-time priority of the threads of [RunThread].
var ceiling struct {
	highest atomic.Int32 // 0 without such a thread

	mu         sync.Mutex // guards the following
	priorities []int      // of all such threads
}

// raiseCeiling counts a thread with a real-time priority until lower is called.
func raiseCeiling(priority int) (lower func()) {
	set := func(change func()) {
		ceiling.mu.Lock()
		defer ceiling.mu.Unlock()
		change()
		highest := 0
		for _, p := range ceiling.priorities {
			highest = max(highest, p)
		}
		ceiling.highest.Store(int32(highest))
	}
	set(func() { ceiling.priorities = append(ceiling.priorities, priority) })
	return func() {
		set(func() {
			at := slices.Index(ceiling.priorities, priority)
			ceiling.priorities = slices.Delete(ceiling.priorities, at, at+1)
		})
	}
}

// resetOnFork with a policy keeps a thread's children from inheriting it: SCHED_RESET_ON_FORK.
const resetOnFork = 0x40000000

// AtCeiling calls f, which takes locks that the threads of [RunThread] take too, with a
// priority just below theirs, and at least 1. It is a plain call while there is no such
// thread, or for a thread with a real-time priority. Threads that f starts in C, as
// middleware may, do not inherit the priority: they have the policy SCHED_NORMAL and the nice
// value 0.
//
// Only root may clear what provides for that. Else the thread keeps it: what it starts later
// inherits all but a nice value below 0.
func AtCeiling(f func() error) error {
	priority := ceiling.highest.Load()
	if priority == 0 {
		return f()
	}
	runtime.LockOSThread() // Go starts no thread from one that is locked
	defer runtime.UnlockOSThread()
	before, _, failed := unix.RawSyscall(unix.SYS_SCHED_GETSCHEDULER, 0, 0, 0)
	switch policy := before &^ resetOnFork; {
	case failed != 0, policy != unix.SCHED_NORMAL && policy != unix.SCHED_BATCH && policy != unix.SCHED_IDLE:
		return f()
	}
	if !setScheduler(unix.SCHED_RR|resetOnFork, max(1, priority-1)) {
		return f()
	}
	defer func() { // which the system always allows, one way or the other; the nice value stays
		if !setScheduler(before, 0) {
			setScheduler(before|resetOnFork, 0)
		}
	}()
	return f()
}

// setScheduler sets the policy and the real-time priority of the calling thread.
func setScheduler(policy uintptr, priority int32) bool {
	parameter := struct{ priority int32 }{priority} // struct sched_param
	_, _, failed := unix.RawSyscall(unix.SYS_SCHED_SETSCHEDULER, 0, policy, uintptr(unsafe.Pointer(&parameter)))
	return failed == 0
}
