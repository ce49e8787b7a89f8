package rclgo

// #include <rcl/types.h>
import "C"

import (
	"context"
	"sync"
	"time"
)

// The default context. defaultMu is held while it is made or closed, too.
var (
	defaultMu      sync.Mutex
	defaultContext *Context
)

// Init is InitWithOpts with default options.
func Init(args *Args) error {
	return InitWithOpts(args, nil)
}

// InitWithOpts makes the default context, as NewContextWithOpts does. It does
// nothing if there is an open one.
func InitWithOpts(args *Args, opts *ContextOptions) error {
	defaultMu.Lock()
	defer defaultMu.Unlock()
	if defaultContext != nil && !defaultContext.life.isClosed() {
		return nil
	}
	c, err := NewContextWithOpts(args, opts)
	if err != nil {
		return err
	}
	defaultContext = c
	return nil
}

// Uninit closes the default context, if there is one. Call it before the program
// ends if Init has succeeded. Running spins end with an error; to end them
// without one, cancel their contexts first.
func Uninit() error {
	defaultMu.Lock()
	c := defaultContext
	defaultContext = nil
	defaultMu.Unlock()
	if c == nil {
		return nil
	}
	// Not under the lock: Close waits for callbacks, which may want it.
	return c.Close()
}

// DefaultContext returns the default context, or nil without Init.
func DefaultContext() *Context {
	defaultMu.Lock()
	defer defaultMu.Unlock()
	return defaultContext
}

// mustInit returns the default context, or an error that asks for Init.
func mustInit(operation string) (*Context, error) {
	c := DefaultContext()
	if c == nil {
		return nil, codeError(C.RCL_RET_NOT_INIT, "call Init first", "%s", operation)
	}
	return c, nil
}

// Spin is Context.Spin of the default context.
func Spin(ctx context.Context) error {
	c, err := mustInit("spin")
	if err != nil {
		return err
	}
	return c.Spin(ctx)
}

// NewNode is Context.NewNode of the default context.
func NewNode(nodeName, namespace string) (*Node, error) {
	c, err := mustInit("create node")
	if err != nil {
		return nil, err
	}
	return c.NewNode(nodeName, namespace)
}

// NewTimer is Context.NewTimer of the default context.
func NewTimer(timeout time.Duration, timerCallback func(*Timer)) (*Timer, error) {
	c, err := mustInit("create timer")
	if err != nil {
		return nil, err
	}
	return c.NewTimer(timeout, timerCallback)
}

// NewClock is Context.NewClock of the default context.
func NewClock(clockType ClockType) (*Clock, error) {
	c, err := mustInit("create clock")
	if err != nil {
		return nil, err
	}
	return c.NewClock(clockType)
}

// NewWaitSet is Context.NewWaitSet of the default context.
func NewWaitSet() (*WaitSet, error) {
	c, err := mustInit("create wait set")
	if err != nil {
		return nil, err
	}
	return c.NewWaitSet()
}
