package microphone

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"av_capture/src/internal/node"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// firstWarning is the time from the middleware's refusal of a batch's message to
// the first line in the log, warningInterval the time between further lines.
const (
	firstWarning    = 5 * time.Second
	warningInterval = 30 * time.Second
)

// stalledPublisher warns of a topic whose messages the middleware refuses, since
// a subscriber does not acknowledge those that it keeps. ROS does not name that
// subscriber: the warning lists all candidates. One goroutine may use it.
type stalledPublisher struct {
	ros         *rclgo.Node
	topic       string
	log         *rclgo.Logger
	stalled     *atomic.Int32 // topics that are stalled and were logged; any goroutine may read it
	since       time.Time     // zero while messages are taken
	nextWarning time.Duration // after since
}

// newStalledPublisher returns the warnings for a topic.
func (b *batch) newStalledPublisher(to *node.Publisher) *stalledPublisher {
	return &stalledPublisher{ros: b.node.ROS, topic: to.Topic(), log: b.node.Log, stalled: &b.stalled}
}

// refused notes that a message was refused.
func (s *stalledPublisher) refused() {
	if s.since.IsZero() {
		s.since, s.nextWarning = time.Now(), firstWarning
	}
	lasting := time.Since(s.since)
	if lasting < s.nextWarning {
		return
	}
	if s.nextWarning == firstWarning {
		s.stalled.Add(1)
	}
	s.nextWarning = lasting + warningInterval
	s.log.Warnf("%s: the file stands still for %.0f s: a subscriber does not acknowledge what it was sent, one of %s: "+
		"let all subscribers keep all messages, and start the one that hangs again or end it", s.topic, lasting.Seconds(), s.suspects())
}

// resumed notes that a message was taken, or that nobody is subscribed any more.
// It costs next to nothing while the topic is not stalled.
func (s *stalledPublisher) resumed() {
	if !s.since.IsZero() && s.nextWarning > firstWarning {
		s.stalled.Add(-1)
		s.log.Infof("%s: the file goes on after %.0f s", s.topic, time.Since(s.since).Seconds())
	}
	s.since = time.Time{}
}

// suspects returns the names of the nodes whose subscriptions may be the reason.
func (s *stalledPublisher) suspects() string {
	endpoints, err := s.ros.GetSubscriptionsInfoByTopic(s.topic, false)
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
			name, _ := node.EndpointNode(&endpoint)
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
