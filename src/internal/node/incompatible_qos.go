package node

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"av_capture/src/internal/clock"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// eventPublisher is a publisher of an rclgo that has events. The type of the status is
// written out here: upstream's rclgo has neither.
type eventPublisher interface {
	OnIncompatibleQos(func(struct {
		TotalCount, TotalCountChange int
		LastPolicy                   string
	})) error
}

// The policies that can make publisher and subscriber incompatible.
const (
	durabilityPolicy  = "durability"
	deadlinePolicy    = "deadline"
	livelinessPolicy  = "liveliness"
	reliabilityPolicy = "reliability"
)

// incompatibleQoS warns of subscribers that get nothing since the quality of service
// that they request is incompatible with the one that the publisher offers, and of
// missed deadlines. Each subscriber and policy is warned of once. The publisher's
// event says when to look for subscribers. Only the goroutine of reports uses it.
type incompatibleQoS struct {
	node      *rclgo.Node
	topic     *Topic
	publisher *rclgo.Publisher
	qos       rclgo.QosProfile // of the publisher
	warned    map[string]bool
	checks    int            // that still wait for names
	deadline  *deadlineWatch // nil without a deadline

	refused atomic.Pointer[string] // policy of the last subscriber that was refused since the last check; nil for none
	policy  string                 // that of the last one before
}

// nameChecks is the number of checks that wait for the names of subscribers: a
// subscription may be known before the node that it belongs to.
const nameChecks = 3

func newIncompatibleQoS(node *rclgo.Node, topic *Topic, publisher *rclgo.Publisher, qos rclgo.QosProfile, deadline *deadlineWatch) (*incompatibleQoS, error) {
	q := &incompatibleQoS{node: node, topic: topic, publisher: publisher, qos: qos, deadline: deadline, warned: make(map[string]bool)}
	events, ok := any(publisher).(eventPublisher)
	if !ok {
		return q, nil
	}
	return q, ifSupported(events.OnIncompatibleQos(func(status struct {
		TotalCount, TotalCountChange int
		LastPolicy                   string
	}) {
		q.refused.Store(&status.LastPolicy)
	}))
}

// ifSupported drops the error of a middleware that has no such event.
func ifSupported(err error) error {
	if unsupported := (*rclgo.RmwUnsupported)(nil); errors.As(err, &unsupported) {
		return nil
	}
	return err
}

// check returns the warnings that are due. capturing is whether the source gives data: if not,
// the node has said so, and no deadline is missed.
func (q *incompatibleQoS) check(capturing bool) (warnings []string) {
	if refused := q.refused.Swap(nil); refused != nil {
		q.policy, q.checks = *refused, nameChecks
	}
	if q.checks > 0 {
		q.checks--
		endpoints, err := q.node.GetSubscriptionsInfoByTopic(q.publisher.TopicName, false)
		if err != nil {
			endpoints = nil // the event alone says enough
		}
		warnings = q.explain(q.policy, endpoints)
	}
	if q.deadline != nil && q.deadline.missed(clock.Monotonic()) && capturing && !q.warned[deadlinePolicy] {
		q.warned[deadlinePolicy] = true
		warnings = append(warnings, fmt.Sprintf("%s: no message for longer than the deadline of %v: raise %s, or the rate",
			q.publisher.TopicName, q.qos.Deadline, overrideOf(q.topic.full, deadlinePolicy)))
	}
	return warnings
}

// explain returns warnings that name the incompatible subscribers, without those that
// have been named before, and the cure. While the middleware does not know them, the
// warning is of the policy alone.
func (q *incompatibleQoS) explain(policy string, endpoints []rclgo.TopicEndpointInfo) []string {
	var warnings []string
	found, named := false, true
	for _, endpoint := range endpoints {
		for _, each := range q.incompatibilities(&endpoint.QosProfile) {
			found = true
			name, known := EndpointNode(&endpoint)
			subscriber, key := "subscriber "+name, name+" "+each.policy
			if !known {
				if q.checks > 0 {
					named = false
					continue
				}
				subscriber, key = "a subscriber of "+name, fmt.Sprintf("%x %s", endpoint.EndpointGID, each.policy)
			}
			if !q.warned[key] {
				q.warned[key] = true
				warnings = append(warnings, q.warning(subscriber, each))
			}
		}
	}
	if named {
		q.checks = 0
	}
	if each, ok := q.incompatibility(policy); ok && !found && !q.warned[each.policy] {
		q.warned[each.policy] = true
		warnings = append(warnings, q.warning("a subscriber", each))
	}
	return warnings
}

// incompatibility is one incompatible policy: its requested and its offered value.
type incompatibility struct{ policy, requested, offered string }

// warning says that a subscriber gets nothing, why, and the cure.
func (q *incompatibleQoS) warning(subscriber string, p incompatibility) string {
	cure := fmt.Sprintf("let the subscriber ask for %s", p.offered)
	if p.policy != livelinessPolicy { // which no parameter overrides, as with rclcpp
		cure = fmt.Sprintf("set %s to %s, or %s", overrideOf(q.topic.full, p.policy), p.requested, cure)
	}
	return fmt.Sprintf("%s: %s asks for %s %s, we publish %s, so that it gets nothing: %s",
		q.publisher.TopicName, subscriber, p.policy, p.requested, p.offered, cure)
}

// incompatibilities returns the policies that a subscriber requests and the publisher
// does not offer.
func (q *incompatibleQoS) incompatibilities(requested *rclgo.QosProfile) []incompatibility {
	var found []incompatibility
	add := func(policy string) {
		if p, ok := q.incompatibility(policy); ok {
			if policy == deadlinePolicy {
				p.requested = fmt.Sprint(int64(requested.Deadline))
			}
			found = append(found, p)
		}
	}
	if requested.Reliability == rclgo.ReliabilityReliable {
		add(reliabilityPolicy)
	}
	if requested.Durability == rclgo.DurabilityTransientLocal {
		add(durabilityPolicy)
	}
	if d := requested.Deadline; d > 0 && d < rclgo.DurationInfinite && (q.qos.Deadline == 0 || q.qos.Deadline > d) {
		add(deadlinePolicy)
	}
	if requested.Liveliness == rclgo.LivelinessManualByTopic {
		add(livelinessPolicy)
	}
	return found
}

// incompatibility returns the usual values of a policy that is incompatible, and false if
// the publisher's cannot be.
func (q *incompatibleQoS) incompatibility(policy string) (incompatibility, bool) {
	switch policy {
	case reliabilityPolicy:
		return incompatibility{policy, "reliable", "best_effort"}, q.qos.Reliability == rclgo.ReliabilityBestEffort
	case durabilityPolicy:
		return incompatibility{policy, "transient_local", "volatile"}, q.qos.Durability == rclgo.DurabilityVolatile
	case deadlinePolicy:
		offered := "without one"
		if q.qos.Deadline > 0 {
			offered = fmt.Sprint(int64(q.qos.Deadline / time.Nanosecond))
		}
		return incompatibility{policy, "a shorter one", offered}, true
	case livelinessPolicy:
		return incompatibility{policy, "manual_by_topic", "automatic"}, true
	}
	return incompatibility{}, false
}
