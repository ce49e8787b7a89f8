package rclgo

/*
#include <stdlib.h>
#include <rcl/event.h>
#include <rcl/graph.h>
#include <rcl/guard_condition.h>
#include <rcl/wait.h>

// Fills the wait set and waits, in one call from Go. Members stand at the same
// index in the wait set as in the arrays; graph, which may be NULL, is the second
// guard condition.
static rcl_ret_t fill_and_wait(
  rcl_wait_set_t * wait_set, const rcl_guard_condition_t * guard, const rcl_guard_condition_t * graph,
  rcl_subscription_t * const * subscriptions, size_t n_subscriptions,
  rcl_timer_t * const * timers, size_t n_timers,
  rcl_service_t * const * services, size_t n_services,
  rcl_client_t * const * clients, size_t n_clients,
  rcl_event_t * const * events, size_t n_events)
{
  rcl_ret_t ret = rcl_wait_set_clear(wait_set);
  if (ret == RCL_RET_OK) {
    ret = rcl_wait_set_add_guard_condition(wait_set, guard, NULL);
  }
  if (ret == RCL_RET_OK && graph != NULL) {
    ret = rcl_wait_set_add_guard_condition(wait_set, graph, NULL);
  }
  for (size_t i = 0; ret == RCL_RET_OK && i < n_subscriptions; i++) {
    ret = rcl_wait_set_add_subscription(wait_set, subscriptions[i], NULL);
  }
  for (size_t i = 0; ret == RCL_RET_OK && i < n_timers; i++) {
    ret = rcl_wait_set_add_timer(wait_set, timers[i], NULL);
  }
  for (size_t i = 0; ret == RCL_RET_OK && i < n_services; i++) {
    ret = rcl_wait_set_add_service(wait_set, services[i], NULL);
  }
  for (size_t i = 0; ret == RCL_RET_OK && i < n_clients; i++) {
    ret = rcl_wait_set_add_client(wait_set, clients[i], NULL);
  }
  for (size_t i = 0; ret == RCL_RET_OK && i < n_events; i++) {
    ret = rcl_wait_set_add_event(wait_set, events[i], NULL);
  }
  return ret == RCL_RET_OK ? rcl_wait(wait_set, -1) : ret;
}

// Finds the time until the first of the timers is due [ns], INT64_MAX if none
// ever is.
static rcl_ret_t until_due(rcl_timer_t * const * timers, size_t n_timers, int64_t * left)
{
  *left = INT64_MAX;
  for (size_t i = 0; i < n_timers; i++) {
    int64_t ns;
    rcl_ret_t ret = rcl_timer_get_time_until_next_call(timers[i], &ns);
    if (ret == RCL_RET_TIMER_CANCELED) {
      rcutils_reset_error();
      continue;
    }
    if (ret != RCL_RET_OK) {
      return ret;
    }
    if (ns < *left) {
      *left = ns;
    }
  }
  return RCL_RET_OK;
}
*/
import "C"

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// WaitSet waits for subscriptions, timers, services and clients of one context,
// and for events of its publishers and subscriptions, and calls their callbacks
// and handlers. The Add and Remove methods may be called while Run is running;
// the lists themselves must not be written to then.
//
// A member of several running wait sets is served by the one that came first.
type WaitSet struct {
	Subscriptions []*Subscription
	Timers        []*Timer
	Services      []*Service
	Clients       []*Client
	Publishers    []*Publisher // for their events alone

	mu           sync.Mutex // guards the lists, and the two below
	graph        *Node      // nil without OnGraphChange
	graphChanged func()

	context *Context
	rcl     *C.rcl_wait_set_t
	guard   *C.rcl_guard_condition_t // wakes a wait
	life    lifetime
	running atomic.Bool
}

// waitable is something that a wait set waits for.
type waitable interface {
	lifetimeAndClaim() (*lifetime, *claim)
	owner() *Context
}

// claim holds the wait set that waits for a waitable: the middleware allows one at
// a time.
type claim struct{ by atomic.Pointer[WaitSet] }

func (s *Subscription) lifetimeAndClaim() (*lifetime, *claim) { return &s.life, &s.claim }
func (p *Publisher) lifetimeAndClaim() (*lifetime, *claim)    { return &p.life, &p.claim }
func (t *Timer) lifetimeAndClaim() (*lifetime, *claim)        { return &t.life, &t.claim }
func (s *Service) lifetimeAndClaim() (*lifetime, *claim)      { return &s.life, &s.claim }
func (c *Client) lifetimeAndClaim() (*lifetime, *claim)       { return &c.life, &c.claim }

func (s *Subscription) owner() *Context { return s.node.context }
func (p *Publisher) owner() *Context    { return p.node.context }
func (t *Timer) owner() *Context        { return t.context }
func (s *Service) owner() *Context      { return s.node.context }
func (c *Client) owner() *Context       { return c.node.context }

func newWaitSet(c *Context) (*WaitSet, error) {
	if !c.life.acquire() {
		return nil, c.closedError("create wait set")
	}
	w := &WaitSet{context: c}
	if err := w.initWaitSet(); err != nil {
		c.life.release()
		return nil, err
	}
	w.life.init(w.destroy)
	if !c.children.add(w) {
		w.life.beginClose(func() {})
		return nil, c.closedError("create wait set")
	}
	return w, nil
}

func (w *WaitSet) initWaitSet() error {
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	w.guard = (*C.rcl_guard_condition_t)(C.calloc(1, C.sizeof_rcl_guard_condition_t))
	if rc := C.rcl_guard_condition_init(w.guard, w.context.rcl, C.rcl_guard_condition_get_default_options()); rc != C.RCL_RET_OK {
		err := newError(rc, "create wait set")
		C.free(unsafe.Pointer(w.guard))
		return err
	}
	w.rcl = (*C.rcl_wait_set_t)(C.calloc(1, C.sizeof_rcl_wait_set_t))
	if rc := C.rcl_wait_set_init(w.rcl, 0, 1, 0, 0, 0, 0, w.context.rcl, C.rcutils_get_default_allocator()); rc != C.RCL_RET_OK {
		err := newError(rc, "create wait set")
		if rc := C.rcl_guard_condition_fini(w.guard); rc != C.RCL_RET_OK {
			err = errors.Join(err, newError(rc, "create wait set"))
		}
		C.free(unsafe.Pointer(w.rcl))
		C.free(unsafe.Pointer(w.guard))
		return err
	}
	return nil
}

func (w *WaitSet) destroy() error {
	defer w.context.life.release()
	w.context.children.remove(w)
	creation.Lock()
	defer creation.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer C.free(unsafe.Pointer(w.guard))
	defer C.free(unsafe.Pointer(w.rcl))
	var errs []error
	if rc := C.rcl_wait_set_fini(w.rcl); rc != C.RCL_RET_OK {
		errs = append(errs, newError(rc, "close wait set"))
	}
	if rc := C.rcl_guard_condition_fini(w.guard); rc != C.RCL_RET_OK {
		errs = append(errs, newError(rc, "close wait set"))
	}
	return errors.Join(errs...)
}

// Close ends Run and closes w. Its members stay open.
func (w *WaitSet) Close() error {
	return w.life.close(func() { w.context.wake(w) })
}

// Context returns the context that w belongs to.
func (w *WaitSet) Context() *Context { return w.context }

// AddSubscriptions adds to the Subscriptions of w.
func (w *WaitSet) AddSubscriptions(subs ...*Subscription) {
	w.add(func() { w.Subscriptions = append(w.Subscriptions, subs...) })
}

// AddTimers adds to the Timers of w.
func (w *WaitSet) AddTimers(timers ...*Timer) {
	w.add(func() { w.Timers = append(w.Timers, timers...) })
}

// AddServices adds to the Services of w.
func (w *WaitSet) AddServices(services ...*Service) {
	w.add(func() { w.Services = append(w.Services, services...) })
}

// AddClients adds to the Clients of w.
func (w *WaitSet) AddClients(clients ...*Client) {
	w.add(func() { w.Clients = append(w.Clients, clients...) })
}

// AddPublishers adds to the Publishers of w.
func (w *WaitSet) AddPublishers(pubs ...*Publisher) {
	w.add(func() { w.Publishers = append(w.Publishers, pubs...) })
}

// RemovePublishers takes publishers out of the Publishers of w.
func (w *WaitSet) RemovePublishers(pubs ...*Publisher) {
	w.add(func() {
		w.Publishers = slices.DeleteFunc(w.Publishers, func(p *Publisher) bool { return slices.Contains(pubs, p) })
	})
}

// OnGraphChange has changed called, on the goroutine of Run, after nodes or their
// topics and services have come or gone, as seen by n. Several changes may be one
// call. Use it in one wait set of a context only: the middleware wakes one.
func (w *WaitSet) OnGraphChange(n *Node, changed func()) {
	w.add(func() { w.graph, w.graphChanged = n, changed })
}

func (w *WaitSet) add(change func()) {
	w.mu.Lock()
	change()
	w.mu.Unlock()
	w.context.changed()
}

// collect calls yield with everything in the lists.
func (w *WaitSet) collect(yield func(waitable)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.Subscriptions {
		yield(s)
	}
	for _, t := range w.Timers {
		yield(t)
	}
	for _, s := range w.Services {
		yield(s)
	}
	for _, c := range w.Clients {
		yield(c)
	}
	for _, p := range w.Publishers {
		yield(p)
	}
}

// Run calls the callbacks and handlers of the members of w, until ctx ends or an
// error occurs. It returns ctx's error, or *WaitSetInvalid if w is closed. Closed
// members are left out.
//
// The calling goroutine is locked to its thread meanwhile. A callback must not
// call Run.
func (w *WaitSet) Run(ctx context.Context) error {
	return w.run(ctx, w.collect, func() error { return nil })
}

// trigger wakes a wait. The caller keeps w alive meanwhile.
func (w *WaitSet) trigger() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if rc := C.rcl_trigger_guard_condition(w.guard); rc != C.RCL_RET_OK {
		// The guard condition is valid: rcl has no other reason to fail.
		panic(newError(rc, "wake wait set"))
	}
}

// spin runs a wait set of the children of n or, if n is nil, of c.
func spin(ctx context.Context, c *Context, n *Node) error {
	w, err := c.NewWaitSet()
	if err != nil {
		return err
	}
	collect := func(yield func(waitable)) { collectFamily(&c.children, yield) }
	check := func() error { return nil }
	if n != nil {
		collect = func(yield func(waitable)) { collectFamily(&n.children, yield) }
		check = func() error {
			if n.life.isClosed() {
				return n.closedError("spin")
			}
			return nil
		}
	}
	err = w.run(ctx, collect, check)
	if c.life.isClosed() && ctx.Err() == nil && check() == nil {
		err = c.closedError("spin")
	}
	// Here and not deferred: if a callback panics, w is left to the context.
	return errors.Join(err, w.Close())
}

// collectFamily calls yield with all that can be waited for among members and
// the members of nodes.
func collectFamily(f *family, yield func(waitable)) {
	for _, member := range f.snapshot() {
		switch m := member.(type) {
		case *Node:
			collectFamily(&m.children, yield)
		case waitable:
			yield(m)
		}
	}
}

// run waits for the members that collect yields, and calls callbacks, until ctx
// ends, w is closed, or check returns an error.
func (w *WaitSet) run(ctx context.Context, collect func(yield func(waitable)), check func() error) error {
	if !w.life.acquire() {
		return w.closedError("run wait set")
	}
	defer w.life.release()
	if !w.running.CompareAndSwap(false, true) {
		return codeError(C.RCL_RET_WAIT_SET_INVALID, "it is running already", "run wait set")
	}
	defer w.running.Store(false)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	leave, ok := enterSpinThread()
	if !ok {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "a callback must not spin", "run wait set")
	}
	defer leave()

	c := w.context
	c.runsMu.Lock()
	c.runs[w] = struct{}{}
	c.runsMu.Unlock()
	defer func() {
		c.runsMu.Lock()
		delete(c.runs, w)
		c.runsMu.Unlock()
	}()
	stop := context.AfterFunc(ctx, func() { c.wake(w) })
	defer stop()

	members := members{wait: w}
	defer members.drop(true)
	var alarm alarm
	defer alarm.stop()
	for first, generation := true, uint64(0); ; first = false {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.life.isClosed() {
			return w.closedError("run wait set")
		}
		if err := check(); err != nil {
			return err
		}
		if g := c.generation.Load(); first || g != generation {
			generation = g
			if err := members.renew(collect); err != nil {
				return err
			}
		}
		if err := alarm.set(&members); err != nil {
			return err
		}
		if err := members.waitAndCall(ctx); err != nil {
			return err
		}
	}
}

// The alarm's delay after a timer is due, by when a wait has ended in general; and
// the interval for looking at a timer of a clock that can be set, which may become
// due at any time.
const (
	alarmDelay = 20 * time.Millisecond
	alarmLook  = time.Second
)

// alarm ends a wait when a timer is due, on CLOCK_MONOTONIC. The middleware
// should do so by itself, but may measure its timeout on the system's clock: when
// that is set back by an hour, an hour is added to the wait.
type alarm struct{ timer *time.Timer }

// set makes the alarm ready for the wait that follows.
func (a *alarm) set(m *members) error {
	if len(m.timers) == 0 {
		a.stop()
		return nil
	}
	var left C.int64_t
	if rc := C.until_due(unsafe.SliceData(m.cTimers), C.size_t(len(m.cTimers)), &left); rc != C.RCL_RET_OK {
		return newError(rc, "wait")
	}
	wait := time.Duration(min(max(left, 0), math.MaxInt64-C.int64_t(alarmDelay))) + alarmDelay
	if m.settable {
		wait = min(wait, alarmLook)
	}
	if a.timer == nil {
		w := m.wait
		a.timer = time.AfterFunc(wait, func() { w.context.wake(w) })
	} else {
		a.timer.Reset(wait)
	}
	return nil
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

func (w *WaitSet) closedError(operation string) error {
	return codeError(C.RCL_RET_WAIT_SET_INVALID, "", "%s", operation)
}

// members holds the members of a running wait set, all claimed and kept alive.
type members struct {
	wait *WaitSet
	all  []waitable

	subscriptions []*Subscription
	timers        []*Timer
	services      []*Service
	clients       []*Client
	events        []*event // of subscriptions and publishers
	settable      bool     // the clock of a timer can be set

	graph        *Node // whose view of the graph is watched; or nil
	graphChanged func()

	// The C objects of these, by index. Go memory that holds C pointers only.
	cSubscriptions []*C.rcl_subscription_t
	cTimers        []*C.rcl_timer_t
	cServices      []*C.rcl_service_t
	cClients       []*C.rcl_client_t
	cEvents        []*C.rcl_event_t
	cGraph         *C.rcl_guard_condition_t // nil without graph
}

// drop releases all members. With tell, other wait sets are woken to claim them.
func (m *members) drop(tell bool) {
	had := len(m.all) > 0
	for _, e := range m.all {
		life, claim := e.lifetimeAndClaim()
		claim.by.Store(nil)
		life.release()
	}
	if m.graph != nil {
		m.graph.life.release()
	}
	*m = members{wait: m.wait}
	if tell && had {
		m.wait.context.changed()
	}
}

// renew replaces the members by those that collect yields.
func (m *members) renew(collect func(yield func(waitable))) error {
	m.drop(false)
	var foreign bool
	collect(func(e waitable) {
		if e.owner() != m.wait.context {
			foreign = true
			return
		}
		if !hasWork(e) {
			return
		}
		life, claim := e.lifetimeAndClaim()
		if !life.acquire() {
			return
		}
		if !claim.by.CompareAndSwap(nil, m.wait) {
			life.release()
			return
		}
		m.all = append(m.all, e)
		switch e := e.(type) {
		case *Subscription:
			m.subscriptions = append(m.subscriptions, e)
			m.cSubscriptions = append(m.cSubscriptions, e.rcl)
			m.addEvents(&e.events)
		case *Publisher:
			m.addEvents(&e.events)
		case *Timer:
			m.timers = append(m.timers, e)
			m.cTimers = append(m.cTimers, e.rcl)
			m.settable = m.settable || !e.clock.isSteady()
		case *Service:
			m.services = append(m.services, e)
			m.cServices = append(m.cServices, e.rcl)
		case *Client:
			m.clients = append(m.clients, e)
			m.cClients = append(m.cClients, e.rcl)
		}
	})
	if foreign {
		return codeError(C.RCL_RET_INVALID_ARGUMENT, "it has a member of another context", "run wait set")
	}
	guards := C.size_t(1)
	if m.watchGraph(); m.graph != nil {
		guards = 2
	}
	rc := C.rcl_wait_set_resize(m.wait.rcl,
		C.size_t(len(m.subscriptions)), guards, C.size_t(len(m.timers)), C.size_t(len(m.clients)), C.size_t(len(m.services)), C.size_t(len(m.events)))
	if rc != C.RCL_RET_OK {
		return newError(rc, "run wait set")
	}
	return nil
}

// hasWork reports whether e needs waiting for. Events of a subscription without
// Callback would end waits for messages that nobody takes: in rmw_fastrtps they
// share a condition with these.
func hasWork(e waitable) bool {
	switch e := e.(type) {
	case *Subscription:
		return e.Callback != nil
	case *Publisher:
		return len(e.events.snapshot()) > 0
	}
	return true
}

// addEvents adds events of a member.
func (m *members) addEvents(es *events) {
	for _, e := range es.snapshot() {
		m.events = append(m.events, e)
		m.cEvents = append(m.cEvents, e.rcl)
	}
}

// watchGraph keeps the node of OnGraphChange alive, unless it is closed.
func (m *members) watchGraph() {
	m.wait.mu.Lock()
	n, changed := m.wait.graph, m.wait.graphChanged
	m.wait.mu.Unlock()
	if n != nil && n.context == m.wait.context && n.life.acquire() {
		m.graph, m.graphChanged = n, changed
		m.cGraph = (*C.rcl_guard_condition_t)(C.rcl_node_get_graph_guard_condition(n.rcl))
	}
}

// waitAndCall waits until a member is ready or the wait set is woken, and calls
// the callbacks of those that are ready, until ctx ends.
func (m *members) waitAndCall(ctx context.Context) error {
	w := m.wait.rcl
	rc := C.fill_and_wait(w, m.wait.guard, m.cGraph,
		unsafe.SliceData(m.cSubscriptions), C.size_t(len(m.cSubscriptions)),
		unsafe.SliceData(m.cTimers), C.size_t(len(m.cTimers)),
		unsafe.SliceData(m.cServices), C.size_t(len(m.cServices)),
		unsafe.SliceData(m.cClients), C.size_t(len(m.cClients)),
		unsafe.SliceData(m.cEvents), C.size_t(len(m.cEvents)))
	switch rc {
	case C.RCL_RET_OK:
	case C.RCL_RET_TIMEOUT:
		C.rcutils_reset_error()
		return nil
	default:
		return newError(rc, "wait")
	}

	// rcl has set those that are not ready to NULL. The arrays are the wait
	// set's, which a callback cannot change.
	if m.cGraph != nil && unsafe.Slice(w.guard_conditions, 2)[1] != nil {
		m.graphChanged()
	}
	if err := callReady(ctx, m.events, unsafe.Slice(w.events, len(m.events)), (*event).handle); err != nil {
		return err
	}
	if err := callReady(ctx, m.timers, unsafe.Slice(w.timers, len(m.timers)), (*Timer).advance); err != nil {
		return err
	}
	if err := callReady(ctx, m.subscriptions, unsafe.Slice(w.subscriptions, len(m.subscriptions)), (*Subscription).call); err != nil {
		return err
	}
	if err := callReady(ctx, m.services, unsafe.Slice(w.services, len(m.services)), (*Service).serve); err != nil {
		return err
	}
	return callReady(ctx, m.clients, unsafe.Slice(w.clients, len(m.clients)), (*Client).receive)
}

// callReady calls call with each member whose entry in ready is not NULL, except
// those that have been closed meanwhile, until ctx ends.
func callReady[M interface{ isClosed() bool }, R any](ctx context.Context, all []M, ready []*R, call func(M) error) error {
	for i, member := range all {
		if ready[i] == nil {
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		if member.isClosed() {
			continue
		}
		if err := call(member); err != nil {
			return err
		}
	}
	return nil
}

func (s *Subscription) call() error {
	s.Callback(s)
	return nil
}
