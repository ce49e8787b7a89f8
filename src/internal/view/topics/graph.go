package topics

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/node"
	"av_capture/src/internal/subscriber"
	"av_capture/src/internal/view"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// diagnosticsType is the type of /diagnostics.
const diagnosticsType = "diagnostic_msgs/msg/DiagnosticArray"

// maxStreams is the number of topics that pages are told of.
const maxStreams = 64

// refresh is the time between two looks at the graph without a change: some middlewares
// tell of a node before they know its name.
const refresh = 2 * time.Second

// Graph watches the ROS graph, and subscribes to what the viewers of its hub show.
type Graph struct {
	node *subscriber.Base
	hub  *view.Hub

	ctx     context.Context // of the subscriptions
	end     context.CancelFunc
	running sync.WaitGroup // the subscriptions' goroutines
}

// New returns the graph as seen by a node, with a hub that has its topics once Run runs.
// The caller closes it.
func New(n *subscriber.Base) *Graph {
	g := &Graph{node: n}
	g.ctx, g.end = context.WithCancel(context.Background())
	g.hub = view.NewHub(g.subscribe)
	return g
}

// Hub returns the hub.
func (g *Graph) Hub() *view.Hub { return g.hub }

// Close ends all subscriptions. No viewer may show anything any more.
func (g *Graph) Close() {
	g.end()
	g.running.Wait()
}

// Run follows the graph, and answers the node's services, until ctx ends.
func (g *Graph) Run(ctx context.Context) (err error) {
	set, err := g.node.Context().NewWaitSet()
	if err != nil {
		return err
	}
	defer func() { err = closeAll(err, set) }()
	look := func() {
		if streams, leftOut, err := g.streams(); err != nil {
			g.node.Logger().Warn(err)
		} else {
			g.hub.SetStreams(streams, leftOut)
		}
	}
	timer, err := g.node.Context().NewTimer(refresh, func(*rclgo.Timer) { look() })
	if err != nil {
		return err
	}
	defer func() { err = closeAll(err, timer) }()
	set.AddTimers(timer)
	set.AddServices(g.node.Services()...)
	set.OnGraphChange(g.node.Node, look)
	look()
	err = set.Run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// streams lists the streams, as streamsOf does. It waits for no other process.
func (g *Graph) streams() (streams []view.Stream, leftOut int, err error) {
	topics, err := g.node.GetTopicNamesAndTypes(false)
	if err != nil {
		return nil, 0, err
	}
	return streamsOf(topics, func(topic string) ([]string, error) {
		publishers, err := g.node.GetPublishersInfoByTopic(topic, false)
		if err != nil {
			return nil, err
		}
		var nodes []string
		for i := range publishers {
			name, _ := node.EndpointNode(&publishers[i])
			nodes = append(nodes, name)
		}
		return nodes, nil
	})
}

// streamsOf returns the streams among topics with their types, by kind and name, and the
// number of those beyond maxStreams. publishersOf returns the nodes that publish a topic, in
// any order.
//
// The order in which the middleware lists topics and publishers changes, and the streams do
// not: of several publishers the first by name counts, of an image the raw topic, and of a
// node's sound the richest type.
func streamsOf(topics map[string][]string, publishersOf func(topic string) ([]string, error)) (streams []view.Stream, leftOut int, err error) {
	found := map[string]view.Stream{}
	for _, topic := range slices.Sorted(maps.Keys(topics)) { // raw images before compressed ones
		kind, base := kindOf(topic, topics[topic])
		if _, known := found[base]; kind == "" || known {
			continue
		}
		nodes, err := publishersOf(topic)
		if err != nil {
			return nil, 0, err
		}
		if len(nodes) == 0 {
			continue
		}
		if kind == view.Sound {
			if again, err := subscriber.Redundant(topic, topics, publishersOf); err != nil {
				return nil, 0, err
			} else if again {
				continue
			}
		}
		name := slices.Min(nodes)
		if kind == view.Diagnostics {
			name = "" // several nodes publish it
		}
		found[base] = view.Stream{Topic: base, Kind: kind, Node: name}
	}
	order := []view.Kind{view.Diagnostics, view.Sound, view.Pictures} // topics of images are many
	streams = slices.SortedFunc(maps.Values(found), func(a, b view.Stream) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)),
			strings.Compare(a.Topic, b.Topic))
	})
	leftOut = max(len(streams)-maxStreams, 0)
	return streams[:len(streams)-leftOut], leftOut, nil
}

// kindOf returns the kind of a topic, "" if pages cannot show it, and the name under which
// they know it.
func kindOf(topic string, types []string) (view.Kind, string) {
	switch {
	case slices.Contains(types, subscriber.CompressedType) && strings.HasSuffix(topic, subscriber.CompressedSuffix):
		return view.Pictures, strings.TrimSuffix(topic, subscriber.CompressedSuffix)
	case slices.Contains(types, subscriber.ImageType):
		return view.Pictures, topic
	case slices.ContainsFunc(types, subscriber.ReadsSound):
		return view.Sound, topic
	case topic == "/diagnostics" && slices.Contains(types, diagnosticsType):
		return view.Diagnostics, topic
	}
	return "", ""
}

// subscribe is the hub's opener.
func (g *Graph) subscribe(s view.Stream, f *view.Feed) (stop func()) {
	ctx, stop := context.WithCancel(g.ctx)
	g.running.Add(1)
	go func() {
		defer g.running.Done()
		defer stop()
		if err := g.listen(ctx, s, f); err != nil && ctx.Err() == nil {
			f.Problem(err.Error())
			g.node.Logger().Warn("listening to " + s.Topic + ": " + err.Error())
		}
	}()
	return stop
}
