package subscriber

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
	// searchInterval is the time between two searches for publishers.
	searchInterval = 500 * time.Millisecond

	// searchesBeforeHint is the number of searches without a publisher before the log names the
	// topic.
	searchesBeforeHint = 6
)

// Listen calls heard with each block of the topic, on its own goroutine, until ctx ends or
// heard returns an error, which it returns.
//
// The subscription is reliable and keeps all, so that no block is lost, even of a file that
// is played as fast as it is taken. If a publisher is best effort the subscription becomes
// so, too: the two would be incompatible otherwise.
func (n *Node) Listen(ctx context.Context, heard func(Block) error) error {
	runtime.LockOSThread() // the wait set keeps its thread to itself
	defer runtime.UnlockOSThread()
	n.filter = publisherFilter{publishers: n.publishers}
	s := &subscriber{node: n, heard: heard}
	defer s.report()
	for ctx.Err() == nil {
		if err := s.spin(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Mixed returns the number of publishers that are heard and cannot be told apart: with most
// middlewares none, since only the first one is heard. Functions called by Listen may call
// it.
func (n *Node) Mixed() int { return n.filter.mixed() }

// publishers describes the publishers of the topic. Upstream's rclgo inverts the flag; a
// name in the wrong format finds nothing.
func (n *Node) publishers() ([]rclgo.TopicEndpointInfo, error) {
	found, err := n.GetPublishersInfoByTopic(n.Topic, false)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return n.GetPublishersInfoByTopic(n.Topic, true)
}

// subscriber is a subscription that adapts its reliability. One goroutine uses it.
type subscriber struct {
	node       *Node
	heard      func(Block) error
	bestEffort bool
	searches   int  // for publishers, so far
	found      bool // there was one
	several    bool // there was more than one, which was logged
	broken     int  // invalid messages, left out
	others     int  // messages of other publishers, left out, too
}

// spin listens with one subscription. It returns nil when ctx ends or another subscription
// is needed, else the error of heard or of ROS.
func (s *subscriber) spin(ctx context.Context) (err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	parent := s.node.Context()
	set, err := parent.NewWaitSet()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	timer, err := parent.NewTimer(searchInterval, func(*rclgo.Timer) {
		if s.findPublishers() {
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
		func(m *av_capture_msg.AudioData, info *rclgo.MessageInfo, err error) {
			if ctx.Err() != nil {
				return
			}
			if refused = s.take(m, info, err); refused != nil {
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

// take passes on a message, if it is valid and of the publisher that is heard.
func (s *subscriber) take(m *av_capture_msg.AudioData, info *rclgo.MessageInfo, err error) error {
	var none *rclgo.SubscriptionTakeFailed
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return err
	}
	block, err := blockOf(m)
	if err != nil {
		s.leaveOut(err)
		return nil
	}
	if len(block.Data) == 0 {
		return nil
	}
	if !s.node.filter.hears(info.PublisherGID, time.Now()) {
		s.others++
		return nil
	}
	return s.heard(block)
}

// leaveOut counts an invalid message. A publisher of one may send thousands: the first is
// logged, and their number at the end.
func (s *subscriber) leaveOut(why error) {
	if s.broken++; s.broken == 1 {
		s.node.Logger().Warn(fmt.Sprintf("a message of %s is left out, as all like it will be: %v", s.node.Topic, why))
	}
}

// report logs the numbers of messages that were left out.
func (s *subscriber) report() {
	if s.broken > 1 {
		s.node.Logger().Warn(fmt.Sprintf("%d messages of %s were left out", s.broken, s.node.Topic))
	}
	if s.others > 0 {
		s.node.Logger().Warn(fmt.Sprintf("%d messages of %s were left out, since another node than the first published them", s.others, s.node.Topic))
	}
}

// findPublishers looks for publishers, and reports whether a subscription of another reliability is
// needed.
func (s *subscriber) findPublishers() (again bool) {
	log := s.node.Logger()
	publishers, err := s.node.publishers()
	if err != nil {
		log.Warn(err)
		return false
	}
	if s.searches++; s.searches == searchesBeforeHint && len(publishers) == 0 && !s.found {
		log.Info("nobody publishes " + s.node.Topic + " yet; another topic is given by --ros-args -r audio:=/its/name")
	}
	s.found = s.found || len(publishers) > 0
	if len(publishers) > 1 && !s.several {
		log.Warn(fmt.Sprintf("%d nodes publish %s: the first one is listened to until it goes; give them topics of their own", len(publishers), s.node.Topic))
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
