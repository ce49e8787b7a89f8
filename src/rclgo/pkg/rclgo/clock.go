package rclgo

/*
#include <stdlib.h>
#include <rcl/time.h>
*/
import "C"

import (
	"runtime"
	"unsafe"
)

// ClockType selects the time that a clock measures.
type ClockType uint32

// The types of clocks.
const (
	ClockTypeUninitialized ClockType = 0
	ClockTypeROSTime       ClockType = 1 // system time; nothing here drives it from /clock
	ClockTypeSystemTime    ClockType = 2
	ClockTypeSteadyTime    ClockType = 3
)

// Clock is a source of time for timers.
type Clock struct {
	rcl     *C.rcl_clock_t
	life    lifetime
	context *Context
}

func newClock(c *Context, clockType ClockType) (*Clock, error) {
	if !c.life.acquire() {
		return nil, c.closedError("create clock")
	}
	rcl, err := initClock(clockType)
	if err != nil {
		c.life.release()
		return nil, err
	}
	clock := &Clock{rcl: rcl, context: c}
	clock.life.init(clock.destroy)
	if !c.children.add(clock) {
		clock.life.beginClose(func() {})
		return nil, c.closedError("create clock")
	}
	return clock, nil
}

func initClock(clockType ClockType) (*C.rcl_clock_t, error) {
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	rcl := (*C.rcl_clock_t)(C.calloc(1, C.sizeof_rcl_clock_t))
	// The clock keeps a copy of the allocator, not the pointer.
	allocator := C.rcutils_get_default_allocator()
	if rc := C.rcl_clock_init(C.rcl_clock_type_t(clockType), rcl, &allocator); rc != C.RCL_RET_OK {
		err := newError(rc, "create clock of type %d", clockType)
		C.free(unsafe.Pointer(rcl))
		return nil, err
	}
	return rcl, nil
}

func (c *Clock) destroy() error {
	defer c.context.life.release()
	c.context.children.remove(c)
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer C.free(unsafe.Pointer(c.rcl))
	if rc := C.rcl_clock_fini(c.rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close clock")
	}
	return nil
}

// isSteady reports whether c is a clock that cannot be set. The caller keeps c alive.
func (c *Clock) isSteady() bool { return ClockType(c.rcl._type) == ClockTypeSteadyTime }

// Close closes c without waiting: timers that use c go on, and c ends with the
// last of them.
func (c *Clock) Close() error {
	c.life.beginClose(func() {})
	select {
	case <-c.life.destroyed:
		return c.life.err
	default:
		return nil
	}
}

// Context returns the context that c belongs to.
func (c *Clock) Context() *Context { return c.context }
