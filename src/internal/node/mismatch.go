package node

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// mismatch tells why a subscriber gets nothing, or too seldom: its quality of
// service does not fit the publisher's. Each subscriber and policy is told once.
//
// It is asked once a second instead of waiting for the middleware's event,
// because rclgo's wait sets have none: taking one never waits, and a warning may
// come a second late. Only the executor's thread uses it.
type mismatch struct {
	node         *rclgo.Node
	topic        *topic
	publisher    *rclgo.Publisher
	qos          rclgo.QosProfile // of the publisher
	incompatible *event           // nil where there is no such event
	deadline     *event           // likewise
	told         map[string]bool
}

func newMismatch(node *rclgo.Node, topic *topic, publisher *rclgo.Publisher, qos rclgo.QosProfile) (_ *mismatch, err error) {
	m := &mismatch{node: node, topic: topic, publisher: publisher, qos: qos, told: make(map[string]bool)}
	if m.incompatible, err = newIncompatibleEvent(publisher); err != nil {
		return nil, err
	}
	if qos.Deadline > 0 {
		if m.deadline, err = newDeadlineEvent(publisher); err != nil {
			return nil, errors.Join(err, m.close())
		}
	}
	return m, nil
}

// check returns what has to be told now.
func (m *mismatch) check() (warnings []string, err error) {
	if m.incompatible != nil {
		count, policy, err := m.incompatible.incompatible()
		if err != nil {
			return nil, err
		}
		if count > 0 {
			warnings = m.explain(policy)
		}
	}
	if m.deadline != nil {
		count, err := m.deadline.missed()
		if err != nil {
			return warnings, err
		}
		if count > 0 && !m.told["deadline"] {
			m.told["deadline"] = true
			warnings = append(warnings, fmt.Sprintf("%s: no message for longer than the deadline of %v: raise %s, or the rate",
				m.publisher.TopicName, m.qos.Deadline, overrideOf(m.topic.full, "deadline")))
		}
	}
	return warnings, nil
}

// explain names the subscribers that the publisher does not fit and that have
// not been named, and the cure. Where the middleware does not know them (yet),
// it goes by the policy alone.
func (m *mismatch) explain(policy policyKind) []string {
	var warnings []string
	found := false
	endpoints, err := m.node.GetSubscriptionsInfoByTopic(m.publisher.TopicName, false)
	if err != nil {
		endpoints = nil // the event alone says enough
	}
	for _, endpoint := range endpoints {
		for _, problem := range m.problems(&endpoint.QosProfile) {
			found = true
			name := strings.TrimSuffix(endpoint.NodeNamespace, "/") + "/" + endpoint.NodeName
			if key := name + " " + problem.policy; !m.told[key] {
				m.told[key] = true
				warnings = append(warnings, m.warning("subscriber "+name, problem))
			}
		}
	}
	if problem, ok := m.usual(policy); ok && !found && !m.told[problem.policy] {
		m.told[problem.policy] = true
		warnings = append(warnings, m.warning("a subscriber", problem))
	}
	return warnings
}

// liveliness is the policy's name.
const liveliness = "liveliness"

// problem is one policy that does not fit: what is asked for, what we publish.
type problem struct{ policy, asked, offered string }

func (m *mismatch) warning(subscriber string, p problem) string {
	cure := fmt.Sprintf("let the subscriber ask for %s", p.offered)
	if p.policy != liveliness { // which no parameter overrides, as with rclcpp
		cure = fmt.Sprintf("set %s to %s, or %s", overrideOf(m.topic.full, p.policy), p.asked, cure)
	}
	return fmt.Sprintf("%s: %s asks for %s %s, we publish %s, so that it gets nothing: %s",
		m.publisher.TopicName, subscriber, p.policy, p.asked, p.offered, cure)
}

// problems returns what a subscriber asks for and the publisher does not offer.
func (m *mismatch) problems(asked *rclgo.QosProfile) []problem {
	var problems []problem
	add := func(kind policyKind) {
		if p, ok := m.usual(kind); ok {
			if kind == deadlinePolicy {
				p.asked = fmt.Sprint(int64(asked.Deadline))
			}
			problems = append(problems, p)
		}
	}
	if asked.Reliability == rclgo.ReliabilityReliable {
		add(reliabilityPolicy)
	}
	if asked.Durability == rclgo.DurabilityTransientLocal {
		add(durabilityPolicy)
	}
	if d := asked.Deadline; d > 0 && d < rclgo.DurationInfinite && (m.qos.Deadline == 0 || m.qos.Deadline > d) {
		add(deadlinePolicy)
	}
	if asked.Liveliness == rclgo.LivelinessManualByTopic {
		add(livelinessPolicy)
	}
	return problems
}

// usual returns how a policy of the publisher can be too weak, if it can.
func (m *mismatch) usual(policy policyKind) (problem, bool) {
	switch policy {
	case reliabilityPolicy:
		return problem{"reliability", "reliable", "best_effort"}, m.qos.Reliability == rclgo.ReliabilityBestEffort
	case durabilityPolicy:
		return problem{"durability", "transient_local", "volatile"}, m.qos.Durability == rclgo.DurabilityVolatile
	case deadlinePolicy:
		offered := "without one"
		if m.qos.Deadline > 0 {
			offered = fmt.Sprint(int64(m.qos.Deadline / time.Nanosecond))
		}
		return problem{"deadline", "a shorter one", offered}, true
	case livelinessPolicy:
		return problem{liveliness, "manual_by_topic", "automatic"}, true
	}
	return problem{}, false
}

// close frees the events. The publisher must still be open.
func (m *mismatch) close() error {
	return errors.Join(m.incompatible.close(), m.deadline.close())
}
