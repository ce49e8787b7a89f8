package node

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// firstWord is how long the middleware refuses a hurried source's message before
// that is told, nextWord how often it is told again.
const (
	firstWord = 5 * time.Second
	nextWord  = 30 * time.Second
)

// standstill tells of a topic that the middleware takes no messages of, since a
// subscriber does not acknowledge those that it keeps. Which one that is, no
// interface of ROS tells: all that can be the one are named. One goroutine may
// use it.
type standstill struct {
	node  *rclgo.Node
	topic string
	log   *rclgo.Logger
	count *atomic.Int32 // of the topics that stand still and have said so; any goroutine may read it
	began time.Time     // zero while messages are taken
	next  time.Duration // into the standstill, for the next word
}

// standstill returns what tells of a topic of a capture.
func (m *Microphone) standstill(c *capture, of advertised) *standstill {
	return &standstill{node: m.node, topic: of.TopicName, log: m.log, count: &c.stands}
}

// refused notes that a message was refused.
func (s *standstill) refused() {
	if s.began.IsZero() {
		s.began, s.next = time.Now(), firstWord
	}
	lasting := time.Since(s.began)
	if lasting < s.next {
		return
	}
	if s.next == firstWord {
		s.count.Add(1)
	}
	s.next = lasting + nextWord
	s.log.Warnf("%s: the file stands still for %.0f s: a subscriber does not acknowledge what it was sent, one of %s: "+
		"let all subscribers keep all messages, and start the one that hangs again or end it", s.topic, lasting.Seconds(), s.suspects())
}

// over notes that a message was taken, or that nobody wants it any more. It costs
// next to nothing unless there was a standstill.
func (s *standstill) over() {
	if !s.began.IsZero() && s.next > firstWord {
		s.count.Add(-1)
		s.log.Infof("%s: the file goes on after %.0f s", s.topic, time.Since(s.began).Seconds())
	}
	s.began = time.Time{}
}

// suspects returns the names of the nodes whose subscriptions are waited for.
func (s *standstill) suspects() string {
	endpoints, err := s.node.GetSubscriptionsInfoByTopic(s.topic, false)
	if err != nil {
		return fmt.Sprintf("those that `ros2 topic info -v %s` lists", s.topic)
	}
	return reliableNodes(endpoints)
}

// reliableNodes returns the full names of the nodes that have reliable
// subscriptions, each once, in alphabetical order.
func reliableNodes(endpoints []rclgo.TopicEndpointInfo) string {
	var names []string
	for _, endpoint := range endpoints {
		if endpoint.QosProfile.Reliability == rclgo.ReliabilityReliable {
			names = append(names, strings.TrimSuffix(endpoint.NodeNamespace, "/")+"/"+endpoint.NodeName)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
