// Package stoppedclock stops, for the program that imports it, the system's clock
// as C libraries see it in waits with a deadline on that clock: the deadline never
// comes, as if the clock had just been set back by years. Nothing else notices.
//
// It is for tests. It takes the place of libc's pthread_cond_timedwait, which
// libstdc++'s std::condition_variable calls where it was built for a libc without
// pthread_cond_clockwait.
package stoppedclock

/*
#cgo LDFLAGS: -rdynamic
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint waits;

int pthread_cond_timedwait(pthread_cond_t * cond, pthread_mutex_t * mutex, const struct timespec * deadline)
{
  (void) deadline;
  atomic_fetch_add(&waits, 1);
  return pthread_cond_wait(cond, mutex);
}

static unsigned count(void) { return atomic_load(&waits); }
*/
import "C"

// Waits returns the number of waits with a deadline that have begun.
func Waits() int { return int(C.count()) }
