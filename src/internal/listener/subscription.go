package listener

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"av_capture/src/msgs/av_capture/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

const (
	// look is how often the subscription looks for publishers.
	look = 500 * time.Millisecond

	// patience is the number of looks after which it is said that nobody
	// publishes.
	patience = 6
)

// Listen calls heard with each block of the topic, on one goroutine, until ctx
// ends, and then returns nil, or until heard returns an error, which it returns.
//
// The subscription is reliable and keeps all, so that nothing is lost on the way,
// even of a file that is played as fast as it goes; but where a publisher is best
// effort it becomes so too, since the two would not match otherwise.
func (n *Node) Listen(ctx context.Context, heard func(Block) error) error {
	runtime.LockOSThread() // the wait set keeps its thread to itself
	defer runtime.UnlockOSThread()
	s := &subscriber{node: n, heard: heard}
	for ctx.Err() == nil {
		if err := s.spin(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Publishers returns how many publishers of the topic there are.
func (n *Node) Publishers() int {
	publishers, err := n.publishers()
	if err != nil {
		return 0
	}
	return len(publishers)
}

// publishers describes the publishers of the topic. Upstream's rclgo takes the
// flag the other way round; a name taken for another format finds nothing.
func (n *Node) publishers() ([]rclgo.TopicEndpointInfo, error) {
	found, err := n.GetPublishersInfoByTopic(n.Topic, false)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return n.GetPublishersInfoByTopic(n.Topic, true)
}

// subscriber is a subscription that adapts itself. One goroutine uses it.
type subscriber struct {
	node       *Node
	heard      func(Block) error
	bestEffort bool
	looks      int  // for publishers
	found      bool // there was one
	several    bool // there was more than one, and it was said
	broken     int  // messages
	told       int  // of them
	why        error
}

// spin listens with one subscription until ctx ends or another one is needed,
// then returns nil, or until heard returns an error.
func (s *subscriber) spin(ctx context.Context) (err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	parent := s.node.Context()
	set, err := parent.NewWaitSet()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	timer, err := parent.NewTimer(look, func(*rclgo.Timer) {
		if s.look() {
			end()
		}
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, timer.Close()) }()
	var refused error
	options := rclgo.NewDefaultSubscriptionOptions()
	options.Qos.History = rclgo.HistoryKeepAll
	if s.bestEffort {
		options.Qos.Reliability = rclgo.ReliabilityBestEffort
	}
	subscription, err := av_capture_msg.NewAudioDataSubscription(s.node.Node, s.node.Topic, options,
		func(m *av_capture_msg.AudioData, _ *rclgo.MessageInfo, err error) {
			if ctx.Err() != nil {
				return
			}
			if refused = s.take(m, err); refused != nil {
				end()
			}
		})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, subscription.Close()) }()
	set.AddSubscriptions(subscription.Subscription)
	set.AddTimers(timer)
	set.AddServices(s.node.services.Services()...)
	err = set.Run(ctx)
	if ctx.Err() != nil {
		return refused
	}
	return err
}

// take passes a message on.
func (s *subscriber) take(m *av_capture_msg.AudioData, err error) error {
	var none *rclgo.SubscriptionTakeFailed
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return err
	}
	block, err := blockOf(m)
	if err != nil {
		s.broken++
		s.why = err
		return nil
	}
	if len(block.Data) == 0 {
		return nil
	}
	return s.heard(block)
}

// look looks for publishers, and says whether a subscription of another quality
// of service is needed.
func (s *subscriber) look() (again bool) {
	log := s.node.Logger()
	if s.broken > s.told {
		log.Warn(fmt.Sprintf("%d messages of %s are left out: %v", s.broken-s.told, s.node.Topic, s.why))
		s.told = s.broken
	}
	publishers, err := s.node.publishers()
	if err != nil {
		log.Warn(err)
		return false
	}
	if s.looks++; s.looks == patience && len(publishers) == 0 && !s.found {
		log.Info("nobody publishes " + s.node.Topic + " yet; another topic is given by --ros-args -r audio:=/its/name")
	}
	s.found = s.found || len(publishers) > 0
	if len(publishers) > 1 && !s.several {
		log.Warn(fmt.Sprintf("%d nodes publish %s: what they say is taken for one sound that begins anew again and again", len(publishers), s.node.Topic))
	}
	s.several = len(publishers) > 1
	if s.bestEffort {
		return false
	}
	for _, publisher := range publishers {
		if publisher.QosProfile.Reliability == rclgo.ReliabilityBestEffort {
			log.Info(s.node.Topic + " is published as best effort: it is listened to likewise, and blocks may get lost on the way")
			s.bestEffort = true
			return true
		}
	}
	return false
}
