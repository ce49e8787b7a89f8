package subscriber

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

const (
	// searchInterval is the time between two searches for publishers.
	searchInterval = 500 * time.Millisecond

	// searchesBeforeHint is the number of searches without a publisher before the log names the
	// topic.
	searchesBeforeHint = 6

	// searchesForName is the number of searches that await the name of a publisher's node,
	// which the graph may know later than the publisher.
	searchesForName = 4
)

// subscriber is a subscription that adapts its reliability. One goroutine uses it.
//
// It is reliable, unless a publisher is best effort: then the subscription becomes so, too,
// since the two would be incompatible.
type subscriber struct {
	node     *Base
	topic    *Topic
	depth    int // messages that are kept; 0 for all, which stays so
	largest  int // [bytes] of a message that has a depth; its parser sets it
	services []*rclgo.Service
	filter   *PublisherFilter

	// subscribe makes the subscriptions, which call take with each message.
	subscribe func(options *rclgo.SubscriptionOptions, take taker) ([]*rclgo.Subscription, error)

	// Of sound; nil for images. late hands on what the reader has without a message.
	reader *SoundReader
	late   func() error

	bestEffort bool
	searches   int  // for publishers, so far
	found      bool // there was one
	several    bool // there was more than one, which was logged
	waits      bool // it was logged what the reader waits for
	strange    int  // searches for the name of a publisher of another type, which is then logged
	others     int  // messages of other publishers, left out, too

	// earlier is the number of messages that the publisher had published before its first
	// one came; 0 once that is told. published is the time of that one, by the publisher's
	// clock.
	earlier   uint64
	published time.Time
}

// taker takes a message of a publisher, or the error of taking one. parse returns the function
// that handles the message, nil for none, or an error if the message is invalid.
type taker func(info *rclgo.MessageInfo, err error, parse func() (handle func() error, err error))

// subscribing returns the subscribe of a [subscriber], for messages of a type, and their parser.
func subscribing[M any, P interface {
	*M
	types.Message
}](n *Base, topic *Topic, support types.MessageTypeSupport, parse func(*M) (handle func() error, err error)) func(*rclgo.SubscriptionOptions, taker) ([]*rclgo.Subscription, error) {
	return func(options *rclgo.SubscriptionOptions, take taker) ([]*rclgo.Subscription, error) {
		s, err := subscribeTo[M, P](n, topic.Name, support, options, func(m *M, info *rclgo.MessageInfo, err error) {
			take(info, err, func() (func() error, error) { return parse(m) })
		})
		if err != nil {
			return nil, err
		}
		return []*rclgo.Subscription{s}, nil
	}
}

// subscribeTo subscribes to messages of a type. Each is taken's own.
func subscribeTo[M any, P interface {
	*M
	types.Message
}](n *Base, topic string, support types.MessageTypeSupport, options *rclgo.SubscriptionOptions, taken func(*M, *rclgo.MessageInfo, error)) (*rclgo.Subscription, error) {
	return n.NewSubscription(topic, support, options, func(s *rclgo.Subscription) {
		m := new(M)
		info, err := s.TakeMessage(P(m))
		taken(m, info, err)
	})
}

// ErrInvalid is for functions that take messages: a message whose error wraps it is left out,
// which is logged.
var ErrInvalid = errors.New("invalid message")

// listen listens until ctx ends or a handler returns an error, which it returns.
func (s *subscriber) listen(ctx context.Context) error {
	runtime.LockOSThread() // the wait set keeps its thread to itself
	defer runtime.UnlockOSThread()
	*s.filter = PublisherFilter{Publishers: func() ([]rclgo.TopicEndpointInfo, error) {
		ours, _, err := s.publishers()
		return ours, err
	}}
	defer s.report()
	defer func() {
		if ours, _, err := s.publishers(); err == nil {
			s.filter.conclude(ours) // for who listens shorter than a search takes
			s.learn(ours)
		}
	}()
	for ctx.Err() == nil {
		if err := s.spin(ctx); err != nil {
			return err
		}
	}
	return nil
}

// publishers describes the publishers of the topic's type, and those of others.
func (s *subscriber) publishers() (ours, strangers []rclgo.TopicEndpointInfo, err error) {
	all, err := s.node.publishers(s.topic.Name)
	ours, strangers = s.topic.byType(all)
	return ours, strangers, err
}

// spin listens with one subscription. It returns nil when ctx ends or another subscription
// is needed, else the error of a handler or of ROS.
func (s *subscriber) spin(ctx context.Context) (err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	parent := s.node.Context()
	set, err := parent.NewWaitSet()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	if s.reader != nil && s.searches == 0 {
		s.findPublishers() // which may tell another type
	}
	var refused error
	timer, err := parent.NewTimer(searchInterval, func(*rclgo.Timer) {
		if ctx.Err() != nil {
			return
		}
		if s.late != nil {
			refused = s.late()
		}
		if refused != nil || s.findPublishers() {
			end()
		}
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, timer.Close()) }()
	options := rclgo.NewDefaultSubscriptionOptions()
	if s.depth == 0 {
		options.Qos.History = rclgo.HistoryKeepAll
	} else {
		options.Qos.History, options.Qos.Depth = rclgo.HistoryKeepLast, s.depth
	}
	if s.bestEffort {
		options.Qos.Reliability = rclgo.ReliabilityBestEffort
	}
	subscriptions, err := s.subscribe(options, func(info *rclgo.MessageInfo, err error, parse func() (func() error, error)) {
		if ctx.Err() != nil {
			return
		}
		if refused = s.take(info, err, parse); refused != nil || s.adaptDepth() {
			end()
		}
	})
	if err != nil {
		return err
	}
	for _, subscription := range subscriptions {
		defer func() { err = errors.Join(err, subscription.Close()) }()
	}
	set.AddSubscriptions(subscriptions...)
	set.AddTimers(timer)
	set.AddServices(s.services...)
	err = set.Run(ctx)
	if ctx.Err() != nil {
		return refused
	}
	return err
}

// take passes on a message, if it is valid and of the publisher that is heard.
func (s *subscriber) take(info *rclgo.MessageInfo, err error, parse func() (func() error, error)) error {
	var none *rclgo.SubscriptionTakeFailed
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return err
	}
	handle, err := parse()
	if err != nil {
		s.leaveOut(err)
		return nil
	}
	if handle == nil {
		return nil
	}
	before, node := s.filter.kept, s.filter.node
	if !s.filter.Hears(info.PublisherGID, time.Now()) {
		s.others++
		return nil
	}
	if s.filter.kept != before || s.filter.node != node {
		s.topic.setPublisher(s.filter.node)
	}
	if number := info.PublicationSequenceNumber; s.filter.kept != before && number > 0 && number != rclgo.UnsupportedSequenceNumber {
		s.earlier, s.published = number-1, info.SourceTimestamp
	}
	if err = handle(); errors.Is(err, ErrInvalid) {
		s.leaveOut(err)
		return nil
	}
	return err
}

// learn notes the node of the publisher that is heard, if the graph knows it.
func (s *subscriber) learn(publishers []rclgo.TopicEndpointInfo) {
	if s.filter.learn(publishers); s.filter.node != "" {
		s.topic.setPublisher(s.filter.node)
	}
}

// adaptDepth lessens the number of messages that wait where they are large, and reports
// whether it has: then another subscription is needed.
func (s *subscriber) adaptDepth() bool {
	if s.depth == 0 || s.depth <= depthOf(s.largest) {
		return false
	}
	s.depth = depthOf(s.largest)
	return true
}

// leaveOut counts an invalid message. A publisher of one may send thousands: the first is
// logged, and their number at the end.
func (s *subscriber) leaveOut(why error) {
	if s.topic.addInvalid(why) == 1 {
		s.node.Logger().Warn(fmt.Sprintf("a message of %s is left out, as all like it will be: %v", s.topic.Name, why))
	}
}

// report logs the numbers of messages that were left out.
func (s *subscriber) report() {
	if count, _ := s.topic.Invalid(); count > 1 {
		s.node.Logger().Warn(fmt.Sprintf("%d messages of %s were left out", count, s.topic.Name))
	}
	if s.others > 0 {
		s.node.Logger().Warn(fmt.Sprintf("%d messages of %s were left out, since another node than the first published them", s.others, s.topic.Name))
	}
}

// findPublishers looks for publishers, and reports whether a subscription of another
// reliability is needed. Those of another type are logged once: one of the topic's may follow.
func (s *subscriber) findPublishers() (again bool) {
	log := s.node.Logger()
	publishers, strangers, err := s.publishers()
	if err != nil {
		log.Warn(err)
		return false
	}
	s.learn(publishers)
	if s.reader != nil {
		if kind := SoundKind(strangers); len(publishers) == 0 && kind != "" {
			log.Info(fmt.Sprintf("%s is published as %s", s.topic.Name, kind))
			s.topic.setKind(kind)
			return true
		}
		if s.reader.Outdated(s.topic.kind) {
			return true
		}
		if text := s.reader.Waiting(); text != "" && !s.waits {
			s.waits = true
			log.Warn(text)
		}
	}
	if len(strangers) > 0 && s.strange < searchesForName {
		s.strange++
		if nodeName(&strangers[0]) != "" {
			s.strange = searchesForName
		}
		if s.strange == searchesForName {
			log.Warn(s.topic.mismatch(&strangers[0]))
		}
	}
	if s.searches++; s.searches == searchesBeforeHint && len(publishers)+len(strangers) == 0 && !s.found {
		log.Info(fmt.Sprintf("nobody publishes %s yet%s", s.topic.Name, s.topic.remapping("; another topic is given by ")))
	}
	s.found = s.found || len(publishers) > 0
	if len(publishers) > 1 && !s.several {
		log.Warn(fmt.Sprintf("%d nodes publish %s: the first one is listened to until it goes; give them topics of their own", len(publishers), s.topic.Name))
	}
	s.several = len(publishers) > 1
	if s.bestEffort {
		return false
	}
	for _, publisher := range publishers {
		if publisher.QosProfile.Reliability == rclgo.ReliabilityBestEffort {
			log.Info(s.topic.Name + " is published as best effort: it is listened to likewise, and messages may get lost on the way")
			s.bestEffort = true
			return true
		}
	}
	return false
}
