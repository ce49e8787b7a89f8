package rclgo

/*
#include <stdlib.h>
#include <rcl/event.h>
#include <rmw/events_statuses/events_statuses.h>
#include <rmw/qos_string_conversions.h>
*/
import "C"

import (
	"runtime"
	"slices"
	"sync"
	"unsafe"
)

// The statuses are aliases of types without a name: a program that shall also
// build with an rclgo without events can write such a type out in an interface,
// and assert that a publisher implements it.

// IncompatibleQosStatus counts the endpoints of the topic whose quality of
// service does not fit, so that no message passes between them and one's own.
type IncompatibleQosStatus = struct {
	TotalCount       int    // since the publisher or subscription was created
	TotalCountChange int    // since the last call
	LastPolicy       string // of the last one; named as in the tags of QosProfile, empty if unknown
}

// DeadlineMissedStatus counts the times that there was no message for longer
// than the deadline.
type DeadlineMissedStatus = struct {
	TotalCount       int // since the publisher or subscription was created
	TotalCountChange int // since the last call
}

// LivelinessLostStatus counts the times that a publisher gave no sign of life
// for longer than its lease, with LivelinessManualByTopic.
type LivelinessLostStatus = struct {
	TotalCount       int // since the publisher was created
	TotalCountChange int // since the last call
}

// LivelinessChangedStatus counts the publishers that a subscription is matched
// with. A publisher that is closed counts neither as alive nor as not alive.
type LivelinessChangedStatus = struct {
	AliveCount          int // now
	NotAliveCount       int // now
	AliveCountChange    int // since the last call, may be negative
	NotAliveCountChange int // since the last call, may be negative
}

// MatchedStatus counts the endpoints of the topic that a publisher or
// subscription is matched with.
type MatchedStatus = struct {
	TotalCount         int // since the publisher or subscription was created
	TotalCountChange   int // since the last call
	CurrentCount       int // now
	CurrentCountChange int // since the last call, may be negative
}

// OnIncompatibleQos has handler called when p has refused subscriptions for
// their quality of service. See [Publisher] for handlers.
func (p *Publisher) OnIncompatibleQos(handler func(IncompatibleQosStatus)) error {
	return onPublisherEvent(p, C.RCL_PUBLISHER_OFFERED_INCOMPATIBLE_QOS, handler, incompatibleQosStatus)
}

// OnDeadlineMissed has handler called when nothing was published for longer than
// the deadline of p. See [Publisher] for handlers.
func (p *Publisher) OnDeadlineMissed(handler func(DeadlineMissedStatus)) error {
	return onPublisherEvent(p, C.RCL_PUBLISHER_OFFERED_DEADLINE_MISSED, handler, func(s *C.rmw_offered_deadline_missed_status_t) (DeadlineMissedStatus, bool) {
		return DeadlineMissedStatus{TotalCount: int(s.total_count), TotalCountChange: int(s.total_count_change)}, s.total_count_change != 0
	})
}

// OnLivelinessLost has handler called when p, with LivelinessManualByTopic, has
// not published for longer than its lease. See [Publisher] for handlers.
func (p *Publisher) OnLivelinessLost(handler func(LivelinessLostStatus)) error {
	return onPublisherEvent(p, C.RCL_PUBLISHER_LIVELINESS_LOST, handler, func(s *C.rmw_liveliness_lost_status_t) (LivelinessLostStatus, bool) {
		return LivelinessLostStatus{TotalCount: int(s.total_count), TotalCountChange: int(s.total_count_change)}, s.total_count_change != 0
	})
}

// OnMatched has handler called when subscriptions that p is matched with have
// come or gone. See [Publisher] for handlers.
func (p *Publisher) OnMatched(handler func(MatchedStatus)) error {
	return onPublisherEvent(p, C.RCL_PUBLISHER_MATCHED, handler, matchedStatus)
}

// OnIncompatibleQos has handler called when s has refused publishers for their
// quality of service. See [Subscription] for handlers.
func (s *Subscription) OnIncompatibleQos(handler func(IncompatibleQosStatus)) error {
	return onSubscriptionEvent(s, C.RCL_SUBSCRIPTION_REQUESTED_INCOMPATIBLE_QOS, handler, incompatibleQosStatus)
}

// OnDeadlineMissed has handler called when a publisher has published nothing for
// longer than the deadline of s. See [Subscription] for handlers.
func (s *Subscription) OnDeadlineMissed(handler func(DeadlineMissedStatus)) error {
	return onSubscriptionEvent(s, C.RCL_SUBSCRIPTION_REQUESTED_DEADLINE_MISSED, handler, func(s *C.rmw_requested_deadline_missed_status_t) (DeadlineMissedStatus, bool) {
		return DeadlineMissedStatus{TotalCount: int(s.total_count), TotalCountChange: int(s.total_count_change)}, s.total_count_change != 0
	})
}

// OnLivelinessChanged has handler called when publishers that s is matched with
// have come or gone, have given a sign of life again, or have given none for
// longer than the lease. See [Subscription] for handlers.
func (s *Subscription) OnLivelinessChanged(handler func(LivelinessChangedStatus)) error {
	return onSubscriptionEvent(s, C.RCL_SUBSCRIPTION_LIVELINESS_CHANGED, handler, func(s *C.rmw_liveliness_changed_status_t) (LivelinessChangedStatus, bool) {
		return LivelinessChangedStatus{
			AliveCount: int(s.alive_count), NotAliveCount: int(s.not_alive_count),
			AliveCountChange: int(s.alive_count_change), NotAliveCountChange: int(s.not_alive_count_change),
		}, s.alive_count_change != 0 || s.not_alive_count_change != 0
	})
}

// OnMatched has handler called when publishers that s is matched with have come
// or gone. See [Subscription] for handlers.
func (s *Subscription) OnMatched(handler func(MatchedStatus)) error {
	return onSubscriptionEvent(s, C.RCL_SUBSCRIPTION_MATCHED, handler, matchedStatus)
}

// The C type of the status is the same for publishers and subscriptions.
func incompatibleQosStatus(s *C.rmw_qos_incompatible_event_status_t) (IncompatibleQosStatus, bool) {
	status := IncompatibleQosStatus{TotalCount: int(s.total_count), TotalCountChange: int(s.total_count_change)}
	if policy := C.rmw_qos_policy_kind_to_str(s.last_policy_kind); policy != nil {
		status.LastPolicy = C.GoString(policy)
	}
	return status, s.total_count_change != 0
}

func matchedStatus(s *C.rmw_matched_status_t) (MatchedStatus, bool) {
	return MatchedStatus{
		TotalCount: int(s.total_count), TotalCountChange: int(s.total_count_change),
		CurrentCount: int(s.current_count), CurrentCountChange: int(s.current_count_change),
	}, s.total_count_change != 0 || s.current_count_change != 0
}

func onPublisherEvent[S, T any](p *Publisher, kind C.rcl_publisher_event_type_t, handler func(T), convert func(*S) (T, bool)) error {
	if !p.life.acquire() {
		return p.closedError("handle events of %q", p.TopicName)
	}
	defer p.life.release()
	init := func(e *C.rcl_event_t) C.rcl_ret_t { return C.rcl_publisher_event_init(e, p.rcl, kind) }
	return p.events.on(&p.entity, p.TopicName, int(kind), init, eventCall(handler, convert))
}

func onSubscriptionEvent[S, T any](s *Subscription, kind C.rcl_subscription_event_type_t, handler func(T), convert func(*S) (T, bool)) error {
	if !s.life.acquire() {
		return s.closedError("handle events of %q", s.TopicName)
	}
	defer s.life.release()
	init := func(e *C.rcl_event_t) C.rcl_ret_t { return C.rcl_subscription_event_init(e, s.rcl, kind) }
	return s.events.on(&s.entity, s.TopicName, int(kind), init, eventCall(handler, convert))
}

// eventCall returns a function that takes an event's status S and calls handler,
// if it is not nil, with the result of convert. Nothing may have changed:
// rmw_fastrtps wakes a wait before and after it notes a match.
func eventCall[S, T any](handler func(T), convert func(*S) (status T, changed bool)) func(*event) error {
	return func(e *event) error {
		var status S
		taken, err := e.take(unsafe.Pointer(&status))
		if converted, changed := convert(&status); taken && changed && handler != nil {
			handler(converted)
		}
		return err
	}
}

// event is one kind of event of a publisher or subscription.
type event struct {
	entity *entity
	topic  string
	kind   int // of rcl_publisher_event_type_t or rcl_subscription_event_type_t
	rcl    *C.rcl_event_t

	mu   sync.Mutex
	call func(*event) error // guarded by mu
}

// events are those events of a publisher or subscription that handlers were given
// for. Each lives until its owner is destroyed, and all are in one wait set, where
// its statuses are taken even if the handler is nil by now: rmw_fastrtps goes on to
// wake waits for any other event of the owner until they are taken.
type events struct {
	mu   sync.Mutex
	list []*event
}

// on has call called when an event of a kind has happened. init makes the C
// object the first time. The caller keeps the owner alive.
func (es *events) on(owner *entity, topic string, kind int, init func(*C.rcl_event_t) C.rcl_ret_t, call func(*event) error) error {
	es.mu.Lock()
	defer es.mu.Unlock()
	if i := slices.IndexFunc(es.list, func(e *event) bool { return e.kind == kind }); i >= 0 {
		es.list[i].set(call)
		return nil
	}
	e := &event{entity: owner, topic: topic, kind: kind, call: call}
	err := exclusively(func() error {
		e.rcl = (*C.rcl_event_t)(C.calloc(1, C.sizeof_rcl_event_t))
		if rc := init(e.rcl); rc != C.RCL_RET_OK {
			C.free(unsafe.Pointer(e.rcl))
			return newError(rc, "handle events of %q", topic)
		}
		return nil
	})
	if err != nil {
		return err
	}
	es.list = append(es.list, e)
	owner.node.context.changed()
	return nil
}

// snapshot returns the events of this moment.
func (es *events) snapshot() []*event {
	es.mu.Lock()
	defer es.mu.Unlock()
	return slices.Clone(es.list)
}

// destroy frees the C objects, before that of the owner. The caller is in
// [exclusively].
func (es *events) destroy() error {
	var err error
	for _, e := range es.snapshot() {
		if rc := C.rcl_event_fini(e.rcl); rc != C.RCL_RET_OK {
			err = newError(rc, "close event of %q", e.topic)
		}
		C.free(unsafe.Pointer(e.rcl))
	}
	return err
}

func (e *event) set(call func(*event) error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.call = call
}

func (e *event) isClosed() bool { return e.entity.life.isClosed() }

// handle takes the status and calls the handler. A failed take is logged; spinning
// goes on.
func (e *event) handle() error {
	e.mu.Lock()
	call := e.call
	e.mu.Unlock() // the handler may set another
	if err := call(e); err != nil {
		return e.entity.node.logger.Error(err)
	}
	return nil
}

// take writes to the status, which is of the C type of the event's kind, and
// reports whether something has happened.
func (e *event) take(status unsafe.Pointer) (bool, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	switch rc := C.rcl_take_event(e.rcl, status); rc {
	case C.RCL_RET_OK:
		return true, nil
	case C.RCL_RET_EVENT_TAKE_FAILED:
		C.rcutils_reset_error()
		return false, nil
	default:
		return false, newError(rc, "take event of %q", e.topic)
	}
}
