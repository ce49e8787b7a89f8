package topics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"av_capture/src/internal/film"
	"av_capture/src/internal/node"
	"av_capture/src/internal/subscriber"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// refresh is the time between two looks at the graph without a change.
const refresh = 500 * time.Millisecond

// patience is the time in which the better one of a camera's two topics is awaited, when the
// other one is known.
const patience = time.Second

// Config says which topics are wanted.
type Config struct {
	Images, Sound []string // names; if there are none of both, all cameras and microphones
	Compressed    bool     // of a camera, compressed images rather than raw ones
}

// Check returns an error if a name cannot be that of a topic of a node.
func (c Config) Check(n *subscriber.Base) error {
	for _, name := range c.Images {
		if _, err := n.ImageTopic(name); err != nil {
			return fmt.Errorf("--image: %w", err)
		}
	}
	for _, name := range c.Sound {
		if _, err := n.SoundTopic(name); err != nil {
			return fmt.Errorf("--sound: %w", err)
		}
	}
	return nil
}

// Graph hands topics to a recorder.
type Graph struct {
	config   Config
	node     *subscriber.Base
	recorder *film.Recorder

	ctx     context.Context // of the subscriptions
	cancel  context.CancelCauseFunc
	running sync.WaitGroup // the subscriptions' goroutines

	// The goroutine of Run uses these.
	taken map[string]bool      // by name, without compressed
	seen  map[string]time.Time // when the worse topic of a camera was known first
}

// New returns the graph as seen by a node.
func New(n *subscriber.Base, r *film.Recorder, config Config) *Graph {
	g := &Graph{config: config, node: n, recorder: r, taken: map[string]bool{}, seen: map[string]time.Time{}}
	g.ctx, g.cancel = context.WithCancelCause(context.Background())
	return g
}

// Run subscribes, and answers the node's services, until ctx ends or a subscription fails.
// Nothing is handed over any more when it returns.
func (g *Graph) Run(ctx context.Context) (err error) {
	defer g.running.Wait()
	defer g.cancel(nil)
	stop := context.AfterFunc(ctx, func() { g.cancel(nil) })
	defer stop()
	set, err := g.node.Context().NewWaitSet()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	look := func() {}
	if len(g.config.Images)+len(g.config.Sound) == 0 {
		look = g.look
	} else if err := g.takeNamed(); err != nil {
		return err
	}
	timer, err := g.node.Context().NewTimer(refresh, func(*rclgo.Timer) { look() })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, timer.Close()) }()
	set.AddTimers(timer)
	set.AddServices(g.node.Services()...)
	set.OnGraphChange(g.node.Node, func() { look() })
	look()
	err = set.Run(g.ctx)
	if cause := context.Cause(g.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if g.ctx.Err() != nil {
		return nil
	}
	return err
}

// takeNamed subscribes to the topics of the configuration.
func (g *Graph) takeNamed() error {
	for _, name := range g.config.Images {
		if err := g.takeImages(name); err != nil {
			return err
		}
	}
	for _, name := range g.config.Sound {
		if err := g.takeSound(name); err != nil {
			return err
		}
	}
	return nil
}

// look subscribes to the cameras and microphones that are new in the graph.
func (g *Graph) look() {
	topics, err := g.node.GetTopicNamesAndTypes(false)
	if err != nil {
		g.node.Logger().Warn(err)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(topics)) {
		if g.published(name) {
			g.consider(name, topics)
		}
	}
}

// published reports whether a topic has a publisher.
func (g *Graph) published(name string) bool {
	publishers, err := g.node.GetPublishersInfoByTopic(name, false)
	return err == nil && len(publishers) > 0
}

// nodesOf returns the nodes that publish a topic.
func (g *Graph) nodesOf(name string) ([]string, error) {
	publishers, err := g.node.GetPublishersInfoByTopic(name, false)
	var nodes []string
	for i := range publishers {
		publisher, _ := node.EndpointNode(&publishers[i])
		nodes = append(nodes, publisher)
	}
	return nodes, err
}

// consider subscribes to a topic if it is a camera's or a microphone's.
func (g *Graph) consider(name string, topics map[string][]string) {
	base, file := strings.CutSuffix(name, subscriber.CompressedSuffix)
	switch {
	case g.taken[base]:
	case slices.ContainsFunc(topics[name], subscriber.ReadsSound):
		if again, err := subscriber.Redundant(name, topics, g.nodesOf); err != nil || again {
			return // looked at again, as long as it is there
		}
		g.fail(g.takeSound(name))
	case slices.Contains(topics[name], subscriber.ImageKind(name)) && camera(base):
		if file != g.config.Compressed && !g.missed(base) {
			return
		}
		if g.config.Compressed && !file {
			g.taken[base] = true
			g.node.Logger().Warn(fmt.Sprintf("%s is left out, since there is no %s%s: --video copy stores compressed images alone", name, name, subscriber.CompressedSuffix))
			return
		}
		g.fail(g.takeImages(name))
	}
}

// missed reports whether the better topic of a camera has been awaited long enough.
func (g *Graph) missed(base string) bool {
	if g.seen[base].IsZero() {
		g.seen[base] = time.Now()
	}
	return time.Since(g.seen[base]) >= patience
}

// camera reports whether a topic is that of a camera's images, by the names that drivers give
// it: image, image_raw, image_color, … Other topics of images are made of them: spectra, planes.
func camera(name string) bool { return strings.HasPrefix(path.Base(name), "image") }

// fail ends Run with an error, if there is one.
func (g *Graph) fail(err error) {
	if err != nil {
		g.cancel(err)
	}
}

func (g *Graph) takeImages(name string) error {
	topic, err := g.node.ImageTopic(name)
	if err != nil {
		return err
	}
	base := strings.TrimSuffix(topic.Name, subscriber.CompressedSuffix)
	g.taken[base] = true
	stream := g.recorder.AddImages(title(base))
	g.running.Add(1)
	go func() {
		defer g.running.Done()
		g.fail(g.node.ListenAllImages(g.ctx, topic, func(img *subscriber.Image) error {
			if err := stream.Image((*film.Image)(img)); err != nil {
				return fmt.Errorf("%w: %w", subscriber.ErrInvalid, err)
			}
			return nil
		}))
	}()
	return nil
}

func (g *Graph) takeSound(name string) error {
	topic, err := g.node.SoundTopic(name)
	if err != nil {
		return err
	}
	g.taken[topic.Name] = true
	stream := g.recorder.AddSound(title(topic.Name))
	g.running.Add(1)
	go func() {
		defer g.running.Done()
		g.fail(g.node.ListenSound(g.ctx, topic, func(b subscriber.Block) error {
			stream.Sound((*film.Block)(&b))
			return nil
		}))
	}()
	return nil
}

// title returns the name of a topic's camera or microphone: its namespace, as in robot/left
// for /robot/left/image_raw.
func title(topic string) string {
	if space := strings.Trim(path.Dir(topic), "/"); space != "" {
		return space
	}
	return strings.Trim(topic, "/")
}
