// Package threadtest has, for tests, what libraries of C do: they start threads.
package threadtest

/*
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

struct scheduling { int policy, priority, nice; };

static void *read_scheduling(void *result) {
	struct scheduling *scheduling = result;
	struct sched_param parameter;
	scheduling->policy = sched_getscheduler(0);
	sched_getparam(0, &parameter);
	scheduling->priority = parameter.sched_priority;
	scheduling->nice = getpriority(PRIO_PROCESS, 0);
	return NULL;
}

// Starts a thread with the attributes of pthread_create(3), and waits until it has ended.
static int start(struct scheduling *scheduling) {
	pthread_t thread;
	int failed = pthread_create(&thread, NULL, read_scheduling, scheduling);
	return failed ? failed : pthread_join(thread, NULL);
}
*/
import "C"

import "syscall"

// Scheduling is the policy, the real-time priority and the nice value of a thread.
type Scheduling struct {
	Policy   int // with SCHED_RESET_ON_FORK
	Priority int
	Nice     int
}

// Start starts a thread in C from the calling one, and returns its scheduling.
func Start() (Scheduling, error) {
	var has C.struct_scheduling
	if failed := C.start(&has); failed != 0 {
		return Scheduling{}, syscall.Errno(failed)
	}
	return Scheduling{Policy: int(has.policy), Priority: int(has.priority), Nice: int(has.nice)}, nil
}
