package process

// Threads that must not be late can go before others.
//
// Where all processors are busy, Linux lets a thread that is woken wait until
// one of them has had its turn, which it looks at once in a tick: 4 ms with
// CONFIG_HZ=250. A thread with a real-time policy is let in at once. See sched(7).

import (
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// shortTurn is the length of a turn that a thread asks for which may have no
// real-time priority. From Linux 6.12 on one that asks for a shorter turn than
// the one that runs is let in before; older ones ignore it.
const shortTurn = 100 * time.Microsecond

// SetPriority gives a thread of this process, 0 for the calling one, the real-time priority, by
// SCHED_RR, from 1, the least, to 99. A thread that has a real-time policy already keeps it, as it
// is the sound system's choice. Threads that it starts do not inherit it.
//
// Where the system does not allow it, the error says so, and all that the thread
// gets is the right to short turns. The thread must do one thing alone: a thread of C, or
// one behind [runtime.LockOSThread].
func SetPriority(thread, priority int) error {
	has, err := unix.SchedGetAttr(thread, 0)
	if err != nil {
		return fmt.Errorf("process: %w", err)
	}
	if has.Policy == unix.SCHED_FIFO || has.Policy == unix.SCHED_RR {
		return nil
	}
	err = unix.SchedSetAttr(thread, &unix.SchedAttr{
		Size:     unix.SizeofSchedAttr,
		Policy:   unix.SCHED_RR,
		Flags:    unix.SCHED_FLAG_RESET_ON_FORK,
		Priority: uint32(priority),
	}, 0)
	if err == nil {
		return nil
	}
	if has.Policy == unix.SCHED_NORMAL {
		has.Runtime = uint64(shortTurn.Nanoseconds())
		_ = unix.SchedSetAttr(thread, has, 0) // better than nothing, where there is that
	}
	return fmt.Errorf("process: real-time priority %d: %w", priority, err)
}

// RunThread calls f on a thread of its own, and returns when f has: the thread ends with
// it, or never runs anything again if it is the process's first, which cannot end.
// It is preferred unless priority is 0; refused takes the error of [SetPriority], if
// there is one, on that thread and before f. While f runs, its priority counts for [AtCeiling].
func RunThread(priority int, refused func(error), f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the next goroutine must not have the priority
		if priority > 0 {
			if err := SetPriority(0, priority); err != nil {
				refused(err)
			} else {
				defer raiseCeiling(priority)()
			}
		}
		f()
	}()
	<-done
}
