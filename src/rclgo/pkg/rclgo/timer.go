package rclgo

/*
#include <stdlib.h>
#include <rcl/timer.h>
*/
import "C"

import (
	"runtime"
	"time"
	"unsafe"
)

// Timer calls its Callback at a period while it is spun.
type Timer struct {
	// Callback is called on the spinning goroutine. Set it before spinning.
	Callback func(*Timer)

	rcl     *C.rcl_timer_t
	life    lifetime
	claim   claim
	context *Context
	clock   *Clock
}

func newTimer(c *Context, period time.Duration, callback func(*Timer)) (*Timer, error) {
	if !c.life.acquire() {
		return nil, c.closedError("create timer")
	}
	clock := c.Clock()
	if clock == nil || !clock.life.acquire() {
		c.life.release()
		return nil, codeError(C.RCL_RET_INVALID_ARGUMENT, "the context's clock is closed: set another with SetClock", "create timer")
	}
	rcl, err := initTimer(c, clock, period)
	if err != nil {
		clock.life.release()
		c.life.release()
		return nil, err
	}
	t := &Timer{Callback: callback, rcl: rcl, context: c, clock: clock}
	t.life.init(t.destroy)
	if !c.children.add(t) {
		t.life.beginClose(func() {})
		return nil, c.closedError("create timer")
	}
	c.changed()
	return t, nil
}

func initTimer(c *Context, clock *Clock, period time.Duration) (*C.rcl_timer_t, error) {
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	rcl := (*C.rcl_timer_t)(C.calloc(1, C.sizeof_rcl_timer_t))
	// No C callback: rcl_timer_call then only advances the timer.
	rc := C.rcl_timer_init2(rcl, clock.rcl, c.rcl, C.int64_t(period), nil, C.rcutils_get_default_allocator(), true)
	if rc != C.RCL_RET_OK {
		err := newError(rc, "create timer of %v", period)
		C.free(unsafe.Pointer(rcl))
		return nil, err
	}
	return rcl, nil
}

func (t *Timer) destroy() error {
	defer t.context.life.release()
	defer t.clock.life.release()
	t.context.children.remove(t)
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer C.free(unsafe.Pointer(t.rcl))
	if rc := C.rcl_timer_fini(t.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close timer")
	}
	return nil
}

// Close stops the timer. Once it has returned, Callback is not called any more.
func (t *Timer) Close() error {
	return t.life.close(t.context.changed)
}

func (t *Timer) isClosed() bool { return t.life.isClosed() }

// Context returns the context that t belongs to.
func (t *Timer) Context() *Context { return t.context }

// GetTimeUntilNextCall returns the time until the next call [ns], negative if
// the call is overdue.
func (t *Timer) GetTimeUntilNextCall() (int64, error) {
	if !t.life.acquire() {
		return 0, t.closedError("get time until next call")
	}
	defer t.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var ns C.int64_t
	if rc := C.rcl_timer_get_time_until_next_call(t.rcl, &ns); rc != C.RCL_RET_OK {
		return 0, newError(rc, "get time until next call")
	}
	return int64(ns), nil
}

// Reset makes the next call happen one period from now.
func (t *Timer) Reset() error {
	if !t.life.acquire() {
		return t.closedError("reset timer")
	}
	defer t.life.release()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if rc := C.rcl_timer_reset(t.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "reset timer")
	}
	// A wait that has begun sleeps until the deadline from before.
	t.context.changed()
	return nil
}

// advance calls Callback if t is due.
func (t *Timer) advance() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	switch rc := C.rcl_timer_call(t.rcl); rc {
	case C.RCL_RET_OK:
	case C.RCL_RET_TIMER_CANCELED:
		C.rcutils_reset_error()
		return nil
	default:
		return newError(rc, "call timer")
	}
	if t.Callback != nil {
		t.Callback(t)
	}
	return nil
}

func (t *Timer) closedError(operation string) error {
	return codeError(C.RCL_RET_TIMER_INVALID, "", "%s", operation)
}
