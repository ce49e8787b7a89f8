package rclgo

/*
#cgo LDFLAGS: -lrcl -lrmw -lrcutils
#include <stdlib.h>
#include <rcl/context.h>
#include <rcl/init.h>
#include <rcl/init_options.h>
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// DefaultDomainID as a domain ID means the value of the environment variable
// ROS_DOMAIN_ID, or zero where it is not set.
const DefaultDomainID = math.MaxUint

// ContextOptions configures a Context.
type ContextOptions struct {
	// ClockType is the type of the context's own clock. Zero means
	// ClockTypeROSTime.
	ClockType ClockType

	// DomainID is the DDS domain, 0 to 232 (from 102 on, its ports may be
	// taken by outgoing connections), or DefaultDomainID.
	DomainID uint
}

// NewDefaultContextOptions returns the options that a nil *ContextOptions stands
// for.
func NewDefaultContextOptions() *ContextOptions {
	return &ContextOptions{ClockType: ClockTypeROSTime, DomainID: DefaultDomainID}
}

// Context is one participant's share of the ROS graph. It owns nodes, timers,
// clocks and wait sets. A process may have several, also in different domains.
type Context struct {
	rcl      *C.rcl_context_t
	life     lifetime
	children family

	clockMu sync.Mutex
	clock   *Clock

	// generation counts changes of the things to wait for. Wait sets collect their
	// members anew when it differs from the one they know.
	generation atomic.Uint64

	runsMu sync.Mutex
	runs   map[*WaitSet]struct{} // running ones: each keeps itself alive meanwhile
}

// NewContext is NewContextWithOpts with a type of clock and otherwise default
// options.
func NewContext(clockType ClockType, rclArgs *Args) (*Context, error) {
	opts := NewDefaultContextOptions()
	opts.ClockType = clockType
	return NewContextWithOpts(rclArgs, opts)
}

// NewContextWithOpts makes a Context. rclArgs are its global arguments: they
// rename and remap its nodes and set their parameters. Nil stands for none, and
// a nil opts for the default options.
//
// The first context configures logging with rclArgs, unless InitLogging has.
func NewContextWithOpts(rclArgs *Args, opts *ContextOptions) (*Context, error) {
	if opts == nil {
		opts = NewDefaultContextOptions()
	}
	clockType := opts.ClockType
	if clockType == ClockTypeUninitialized {
		clockType = ClockTypeROSTime
	}
	rcl, err := initContext(rclArgs.list(), opts.DomainID)
	if err != nil {
		return nil, err
	}
	c := &Context{rcl: rcl, runs: map[*WaitSet]struct{}{}}
	c.life.init(c.destroy)
	if c.clock, err = c.NewClock(clockType); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// initContext makes the C object and counts it in for logging.
func initContext(args []string, domainID uint) (*C.rcl_context_t, error) {
	startLogging()
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	options := C.rcl_get_zero_initialized_init_options()
	if rc := C.rcl_init_options_init(&options, C.rcutils_get_default_allocator()); rc != C.RCL_RET_OK {
		return nil, newError(rc, "create context")
	}
	defer C.rcl_init_options_fini(&options)
	if domainID != DefaultDomainID {
		if rc := C.rcl_init_options_set_domain_id(&options, C.size_t(domainID)); rc != C.RCL_RET_OK {
			return nil, newError(rc, "create context in domain %d", domainID)
		}
	}

	argc, argv, free := cStrings(args)
	defer free()
	rcl := (*C.rcl_context_t)(C.calloc(1, C.sizeof_rcl_context_t))
	*rcl = C.rcl_get_zero_initialized_context()
	if rc := C.rcl_init(argc, argv, &options, rcl); rc != C.RCL_RET_OK {
		err := newError(rc, "create context with arguments %q", args)
		C.free(unsafe.Pointer(rcl))
		return nil, err
	}
	if err := checkDomain(rcl); err != nil {
		return nil, errors.Join(err, finiContext(rcl))
	}
	if err := acquireLogging(args); err != nil {
		return nil, errors.Join(err, finiContext(rcl))
	}
	return rcl, nil
}

// maxDomainID is the last domain whose ports fit 16 bits, with the port mapping
// of RTPS 2.5, section 9.6.2: 7400 + 250 per domain.
const maxDomainID = 232

// checkDomain refuses a domain, chosen by the options or the environment, at
// which Fast DDS ends the process when the first node is created. The caller has
// locked its thread.
func checkDomain(rcl *C.rcl_context_t) error {
	var domainID C.size_t
	if rc := C.rcl_context_get_domain_id(rcl, &domainID); rc != C.RCL_RET_OK {
		return newError(rc, "create context")
	}
	if domainID > maxDomainID {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, fmt.Sprintf("the last domain is %d: change ROS_DOMAIN_ID or the options", maxDomainID),
			"create context in domain %d", uint64(domainID))
	}
	return nil
}

// finiContext shuts the C object down and frees it. The caller holds creation
// and has locked its thread.
func finiContext(rcl *C.rcl_context_t) error {
	defer C.free(unsafe.Pointer(rcl))
	if rc := C.rcl_shutdown(rcl); rc != C.RCL_RET_OK {
		return newError(rc, "shut context down")
	}
	if rc := C.rcl_context_fini(rcl); rc != C.RCL_RET_OK {
		return newError(rc, "close context")
	}
	return nil
}

func (c *Context) destroy() error {
	last, err := c.finish()
	if last {
		stopLogs()
	}
	return err
}

// finish ends logging if c is the last context, and frees the C object.
func (c *Context) finish() (last bool, err error) {
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	last, err = releaseLogging()
	return last, errors.Join(err, finiContext(c.rcl))
}

// Close ends running spins and closes everything that c owns, then c itself.
func (c *Context) Close() error {
	var errs []error
	err := c.life.close(func() {
		c.changed()
		errs = c.children.close()
	})
	return errors.Join(append(errs, err)...)
}

// Handle returns the *rcl_context_t, which is valid until Close.
func (c *Context) Handle() unsafe.Pointer { return unsafe.Pointer(c.rcl) }

// Clock returns the clock that new timers use.
func (c *Context) Clock() *Clock {
	c.clockMu.Lock()
	defer c.clockMu.Unlock()
	return c.clock
}

// SetClock sets the clock that new timers use. The one before stays open until
// the caller closes it, or c.
func (c *Context) SetClock(newClock *Clock) {
	c.clockMu.Lock()
	defer c.clockMu.Unlock()
	c.clock = newClock
}

// NewNode creates a node in c. Arguments of c may give it another name and
// namespace.
func (c *Context) NewNode(node_name, namespace string) (*Node, error) {
	return newNode(c, node_name, namespace)
}

// NewTimer creates a timer that calls timer_callback every timeout while c is
// spun. It uses c's clock.
func (c *Context) NewTimer(timeout time.Duration, timer_callback func(*Timer)) (*Timer, error) {
	return newTimer(c, timeout, timer_callback)
}

// NewClock creates a clock.
func (c *Context) NewClock(clockType ClockType) (*Clock, error) {
	return newClock(c, clockType)
}

// NewWaitSet creates an empty wait set.
func (c *Context) NewWaitSet() (*WaitSet, error) {
	return newWaitSet(c)
}

// Spin calls the callbacks of all nodes and timers of c, including those created
// meanwhile, until ctx ends or an error occurs. It returns ctx's error, or
// *AlreadyShutdown if c is closed.
func (c *Context) Spin(ctx context.Context) error {
	return spin(ctx, c, nil)
}

// closedError is the error of a call on a closed c.
func (c *Context) closedError(operation string, args ...any) error {
	return codeError(C.RCL_RET_ALREADY_SHUTDOWN, "", operation, args...)
}

// changed makes running wait sets collect their members anew.
func (c *Context) changed() {
	c.generation.Add(1)
	c.runsMu.Lock()
	defer c.runsMu.Unlock()
	for w := range c.runs {
		w.trigger()
	}
}

// wake ends the present wait of w, if w is running.
func (c *Context) wake(w *WaitSet) {
	c.runsMu.Lock()
	defer c.runsMu.Unlock()
	if _, running := c.runs[w]; running {
		w.trigger()
	}
}
