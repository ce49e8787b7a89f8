package node

import (
	"fmt"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Publisher publishes one topic of a node. The node closes it. Any goroutine may
// use it.
type Publisher struct {
	ros    *rclgo.Publisher
	always bool // wanted without subscribers too
	kept   int

	deadline *deadlineWatch // nil without a deadline
}

// Advertise makes a topic's publisher with the quality of service that the
// parameters ask for, and has subscribers named in the log that ask for more.
func (b *Base) Advertise(t *Topic, params param.Set, support types.MessageTypeSupport) (Publisher, error) {
	options := t.options(params)
	publisher, err := b.ROS.NewPublisher(t.Name, support, options)
	if err != nil {
		return Publisher{}, fmt.Errorf("node: publisher of %s: %w", t.Name, err)
	}
	p := Publisher{ros: publisher, always: alwaysWanted(&options.Qos), deadline: newDeadlineWatch(options.Qos.Deadline)}
	if options.Qos.Reliability == rclgo.ReliabilityReliable {
		p.kept = ImageDepth
		if options.Qos.History == rclgo.HistoryKeepLast {
			p.kept = min(p.kept, options.Qos.Depth)
		}
	}
	return p, b.watch(t, p, options.Qos)
}

// Publish publishes a message. It blocks while the middleware copies it.
func (p Publisher) Publish(message types.Message) error {
	if p.deadline != nil {
		p.deadline.published(clock.Monotonic())
	}
	return p.ros.Publish(message)
}

// Wanted reports whether anybody could ever see a message that is published now.
func (p Publisher) Wanted() bool {
	subscribers, err := p.ros.GetSubscriptionCount()
	return err != nil || subscribers > 0 || p.always
}

// Topic returns the full name of the topic, after remapping.
func (p Publisher) Topic() string { return p.ros.TopicName }

// Kept returns the number of messages that the middleware may hold for slow
// subscribers beside the newest one, at most ImageDepth.
func (p Publisher) Kept() int { return p.kept }
