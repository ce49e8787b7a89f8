package node

import (
	"errors"
	"fmt"
	"sync/atomic"

	"av_capture/src/internal/clock"
	"av_capture/src/internal/param"
	"av_capture/src/internal/process"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// Publisher publishes one topic of a node, which closes it. In a managed node it is there
// from configure to cleanup, and publishes while the node is active. Any goroutine may use it.
type Publisher struct {
	topic   *Topic
	support types.MessageTypeSupport
	options *rclgo.PublisherOptions
	always  bool // wanted without subscribers too
	kept    int

	deadline *deadlineWatch // nil without a deadline
	gate     *gate

	ros atomic.Pointer[rclgo.Publisher] // nil while the topic is not there

	incompatible atomic.Pointer[incompatibleQoS] // of ros; nil likewise

	interest interest
	matched  atomic.Pointer[func()] // called when subscriptions come or go; nil for nobody
	noEvents atomic.Bool            // the middleware does not tell
}

// matchPublisher is a publisher of an rclgo that has events, as eventPublisher.
type matchPublisher interface {
	OnMatched(func(struct {
		TotalCount, TotalCountChange, CurrentCount, CurrentCountChange int
	})) error
}

// OnMatched has matched called, which must not block, when subscriptions come or go, until end
// is called. It replaces an earlier one. See also TellsMatches.
func (p *Publisher) OnMatched(matched func()) (end func()) {
	p.matched.Store(&matched)
	return func() { p.matched.CompareAndSwap(&matched, nil) }
}

// TellsMatches reports whether the middleware tells of subscriptions that come or go. Without,
// ask Wanted from time to time.
func (p *Publisher) TellsMatches() bool { return !p.noEvents.Load() }

// watchMatches has the middleware tell of subscriptions that come or go.
func (p *Publisher) watchMatches(ros *rclgo.Publisher) error {
	events, ok := any(ros).(matchPublisher)
	if !ok {
		p.noEvents.Store(true)
		return nil
	}
	err := events.OnMatched(func(struct {
		TotalCount, TotalCountChange, CurrentCount, CurrentCountChange int
	}) {
		p.interest.change()
		if matched := p.matched.Load(); matched != nil {
			(*matched)()
		}
	})
	supported := ifSupported(err)
	p.noEvents.Store(err != nil && supported == nil)
	return supported
}

// gate holds messages back. The zero gate is open.
type gate struct{ shut atomic.Bool }

// shutGate holds messages back until the gate opens.
func (b *Base) shutGate() {
	b.gate.shut.Store(true)
	b.RestartDeadlines()
}

// RestartDeadlines has deadlines begin anew with the next message of each topic. A session
// calls it once its source is open: while no source is, no message is due.
func (b *Base) RestartDeadlines() {
	for _, p := range b.publishers {
		if p.deadline != nil {
			p.deadline.restart()
		}
	}
}

// Advertise makes a topic's publisher with the quality of service that the
// parameters ask for, and has subscribers named in the log that ask for more. A managed
// node's topic is there only once it is configured.
func (b *Base) Advertise(t *Topic, params param.Set, support types.MessageTypeSupport) (*Publisher, error) {
	options := t.options(params)
	p := &Publisher{topic: t, support: support, options: options, always: alwaysWanted(&options.Qos),
		deadline: newDeadlineWatch(options.Qos.Deadline), gate: &b.gate}
	if options.Qos.Reliability == rclgo.ReliabilityReliable {
		p.kept = ImageDepth
		if options.Qos.History == rclgo.HistoryKeepLast {
			p.kept = min(p.kept, options.Qos.Depth)
		}
	}
	b.publishers = append(b.publishers, p)
	if b.managed != nil {
		return p, nil
	}
	return p, b.open(p)
}

// open makes the topic, and has incompatible subscribers watched.
func (b *Base) open(p *Publisher) error {
	ros, err := b.ROS.NewPublisher(p.topic.Name, p.support, p.options)
	if err != nil {
		return fmt.Errorf("node: publisher of %s: %w", p.topic.Name, err)
	}
	incompatible, err := newIncompatibleQoS(b.ROS, p.topic, ros, p.options.Qos, p.deadline)
	if err != nil {
		return errors.Join(err, ros.Close())
	}
	if err := p.watchMatches(ros); err != nil {
		return errors.Join(err, ros.Close())
	}
	b.Log.Debugf("publishing %s: depth %d, deadline %v", ros.TopicName, p.options.Qos.Depth, p.options.Qos.Deadline)
	p.incompatible.Store(incompatible)
	p.ros.Store(ros)
	p.interest.change()
	b.executor.addEvents(ros)
	return nil
}

// close ends the topic, if it is there.
func (b *Base) close(p *Publisher) error {
	ros := p.ros.Swap(nil)
	if ros == nil {
		return nil
	}
	b.executor.dropEvents(ros)
	p.incompatible.Store(nil)
	return ros.Close()
}

// Publish publishes a message. It blocks while the middleware copies it. All nodes of a
// process share the middleware's locks, so that sound would wait for a thread that holds
// one and is interrupted.
func (p *Publisher) Publish(message types.Message) error {
	ros := p.ros.Load()
	if ros == nil || p.gate.shut.Load() {
		return nil // a worker's last message, after the node was deactivated
	}
	if p.deadline != nil {
		p.deadline.published(clock.Monotonic())
	}
	err := process.AtCeiling(func() error { return ros.Publish(message) })
	if err != nil && p.ros.Load() != ros {
		return nil // closed meanwhile
	}
	return err
}

// Wanted reports whether anybody could ever see a message that is published now.
func (p *Publisher) Wanted() bool {
	ros := p.ros.Load()
	if ros == nil {
		return false
	}
	ask := func() bool {
		subscribers, err := ros.GetSubscriptionCount()
		return err != nil || subscribers > 0
	}
	switch {
	case p.always:
		return true
	case p.TellsMatches():
		return p.interest.get(clock.Monotonic(), ask)
	}
	return ask()
}

// Topic returns the full name of the topic, after remapping.
func (p *Publisher) Topic() string { return p.topic.full }

// Kept returns the number of messages that the middleware may hold for slow
// subscribers beside the newest one, at most ImageDepth.
func (p *Publisher) Kept() int { return p.kept }
