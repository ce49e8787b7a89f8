package rclgo

/*
#include <pthread.h>
#include <stdint.h>

static uintptr_t this_thread(void)
{
  return (uintptr_t) pthread_self();
}
*/
import "C"

import "sync"

// spinThreads holds the threads of running wait sets. Each is locked to the
// goroutine that runs the wait set and its callbacks, so a function called on one
// of them was called by a callback.
var spinThreads sync.Map // uintptr → struct{}

func onSpinThread() bool {
	_, ok := spinThreads.Load(uintptr(C.this_thread()))
	return ok
}

// enterSpinThread marks the calling thread, which must be locked to its
// goroutine, until the returned function is called. It returns false if the
// thread is marked already.
func enterSpinThread() (leave func(), ok bool) {
	id := uintptr(C.this_thread())
	if _, marked := spinThreads.LoadOrStore(id, struct{}{}); marked {
		return nil, false
	}
	return func() { spinThreads.Delete(id) }, true
}
