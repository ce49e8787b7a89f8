package topics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view"
	diagnostic_msgs_msg "av_capture/src/msgs/diagnostic_msgs/msg"
	sensor_msgs_msg "av_capture/src/msgs/sensor_msgs/msg"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Depths of subscriptions: of images the newest, of sound a second in blocks of 10 ms.
const (
	imageDepth       = 2
	audioDepth       = 100
	diagnosticsDepth = 20
)

// searchInterval is the time between two looks at the publishers of a topic that is shown.
const searchInterval = 500 * time.Millisecond

// plan is the topic, type and reliability of a subscription to a stream.
type plan struct {
	topic      string
	kind       string // of sound: the type of its messages
	compressed bool
	bestEffort bool
}

// listen hands the messages of a stream to a feed, on its own goroutine, until ctx ends. It
// subscribes anew when publishers come to whom another subscription fits.
func (g *Graph) listen(ctx context.Context, s view.Stream, f *view.Feed) error {
	pictures := &pictures{feed: f}
	defer pictures.close()
	current := g.plan(s, plan{topic: s.Topic, kind: subscriber.SoundType})
	sound := &sound{feed: f, reader: g.node.NewSoundReader(s.Topic)}
	defer sound.reader.Close()
	for ctx.Err() == nil {
		next, err := g.spin(ctx, s, current, f, pictures, sound)
		if err != nil && ctx.Err() == nil {
			return err
		}
		current = next
	}
	return nil
}

// spin listens with one subscription, until ctx ends or another plan fits, which it returns.
func (g *Graph) spin(ctx context.Context, s view.Stream, current plan, f *view.Feed, p *pictures, heard *sound) (next plan, err error) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	set, err := g.node.Context().NewWaitSet()
	if err != nil {
		return current, err
	}
	defer func() { err = closeAll(err, set) }()
	next = current
	timer, err := g.node.Context().NewTimer(searchInterval, func(*rclgo.Timer) {
		if next = g.plan(s, current); next != current || heard.reader.Outdated(current.kind) {
			end()
		}
		heard.takeLate()
		if text := heard.reader.Waiting(); text != "" {
			f.Problem(text)
		}
	})
	if err != nil {
		return current, err
	}
	defer func() { err = closeAll(err, timer) }()
	subscriptions, err := g.open(s.Kind, current, f, p, heard)
	if err != nil {
		return current, err
	}
	for _, subscription := range subscriptions {
		defer func() { err = closeAll(err, subscription) }()
	}
	set.AddTimers(timer)
	set.AddSubscriptions(subscriptions...)
	if err = set.Run(ctx); ctx.Err() != nil {
		err = nil
	}
	return next, err
}

// plan returns the plan that fits the publishers, the current one while there are none.
//
// Compressed images are taken, where they are published: a camera that sends JPEG has them
// for nothing, and compressing costs less than passing on what is thirty times as large. A
// subscription is reliable, unless a publisher is best effort, which it would not hear.
func (g *Graph) plan(s view.Stream, current plan) plan {
	candidates := []plan{{topic: s.Topic}}
	if s.Kind == view.Pictures {
		candidates = []plan{{topic: s.Topic + subscriber.CompressedSuffix, compressed: true}, {topic: s.Topic}}
	}
	for _, p := range candidates {
		publishers, err := g.node.GetPublishersInfoByTopic(p.topic, false)
		if err != nil || len(publishers) == 0 || p.compressed && publishers[0].TopicType != subscriber.CompressedType {
			continue
		}
		if s.Kind == view.Sound {
			if p.kind = subscriber.SoundKind(publishers); p.kind == "" {
				continue
			}
		}
		p.bestEffort = slices.ContainsFunc(publishers, func(e rclgo.TopicEndpointInfo) bool {
			return e.QosProfile.Reliability == rclgo.ReliabilityBestEffort
		})
		return p
	}
	return current
}

// open makes the subscriptions of a plan.
func (g *Graph) open(kind view.Kind, p plan, f *view.Feed, pictures *pictures, heard *sound) ([]*rclgo.Subscription, error) {
	options := rclgo.NewDefaultSubscriptionOptions()
	if p.bestEffort {
		options.Qos.Reliability = rclgo.ReliabilityBestEffort
	}
	pictures.filter = g.filter(p.topic)
	switch {
	case kind == view.Sound:
		options.Qos.Depth = audioDepth
		heard.filter = g.filter(p.topic)
		return heard.reader.Subscribe(p.kind, options, heard.take)
	case kind == view.Diagnostics:
		options.Qos.Depth = diagnosticsDepth
		statuses := &statuses{feed: f}
		s, err := diagnostic_msgs_msg.NewDiagnosticArraySubscription(g.node.Node, p.topic, options, statuses.take)
		if err != nil {
			return nil, err
		}
		return []*rclgo.Subscription{s.Subscription}, nil
	case p.compressed:
		options.Qos.Depth = imageDepth
		s, err := sensor_msgs_msg.NewCompressedImageSubscription(g.node.Node, p.topic, options, pictures.takeFile)
		if err != nil {
			return nil, err
		}
		return []*rclgo.Subscription{s.Subscription}, nil
	}
	options.Qos.Depth = imageDepth
	s, err := sensor_msgs_msg.NewImageSubscription(g.node.Node, p.topic, options, pictures.takeImage)
	if err != nil {
		return nil, err
	}
	return []*rclgo.Subscription{s.Subscription}, nil
}

// filter returns a filter of the publishers of a topic.
func (g *Graph) filter(topic string) *subscriber.PublisherFilter {
	return &subscriber.PublisherFilter{Publishers: func() ([]rclgo.TopicEndpointInfo, error) {
		return g.node.GetPublishersInfoByTopic(topic, false)
	}}
}

// closeAll closes what is there, and joins the errors.
func closeAll(err error, closers ...io.Closer) error {
	for _, c := range closers {
		err = errors.Join(err, c.Close())
	}
	return err
}

// nothingTaken reports whether there is no message, or none that can be taken, which is
// told.
func nothingTaken(f *view.Feed, err error) bool {
	if err == nil {
		return false
	}
	var none *rclgo.SubscriptionTakeFailed
	if !errors.As(err, &none) {
		f.Problem(fmt.Sprintf("a message cannot be read: %v", err))
	}
	return true
}

// milliseconds returns a time in the unit of pages.
func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }

// stampOf returns the stamp of a header in the unit of pages.
func stampOf(sec int32, nanosec uint32) float64 {
	return milliseconds(time.Unix(int64(sec), int64(nanosec)))
}
