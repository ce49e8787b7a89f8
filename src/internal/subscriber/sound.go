package subscriber

import (
	"context"
	"fmt"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Listen calls heard with each block of the topic of sound, on its own goroutine, until ctx
// ends or heard returns an error, which it returns. It answers the node's parameter services
// meanwhile.
//
// The subscription keeps all, so that no block is lost, even of a file that is played as fast
// as it is taken.
func (n *Node) Listen(ctx context.Context, heard func(Block) error) error {
	return n.listenSound(ctx, &subscriber{node: n.Base, topic: n.Sound, services: n.Services(), filter: &n.filter}, heard)
}

// ListenSound is [Node.Listen] for a given topic of sound. It answers no services.
func (n *Base) ListenSound(ctx context.Context, topic *Topic, heard func(Block) error) error {
	return n.listenSound(ctx, &subscriber{node: n, topic: topic, filter: new(PublisherFilter)}, heard)
}

func (n *Base) listenSound(ctx context.Context, s *subscriber, heard func(Block) error) error {
	s.reader = n.NewSoundReader(s.topic.Name)
	defer s.reader.Close()
	hear := func(block Block) error {
		s.tellEarlier(&block)
		return heard(block)
	}
	s.late = func() error {
		if block, _ := s.reader.Late(); len(block.Data) > 0 {
			return hear(block)
		}
		return nil
	}
	s.subscribe = func(options *rclgo.SubscriptionOptions, take taker) ([]*rclgo.Subscription, error) {
		return s.reader.Subscribe(s.topic.kind, options, func(info *rclgo.MessageInfo, err error, parse func() (Block, uint64, error)) {
			take(info, err, func() (func() error, error) {
				if s.topic.kind != SoundType {
					// The reader counts and decodes only what is heard.
					return func() error {
						block, _, err := parse()
						if err != nil {
							return fmt.Errorf("%w: %w", ErrInvalid, err)
						}
						if len(block.Data) == 0 {
							return nil
						}
						return hear(block)
					}, nil
				}
				block, _, err := parse()
				if err != nil || len(block.Data) == 0 {
					return nil, err
				}
				return func() error { return hear(block) }, nil
			})
		})
	}
	return s.listen(ctx)
}

// recorded is the age of sound, when it is published, from which on it is taken to come from a
// bag.
const recorded = 2 * time.Second

// fromBag reports whether sound comes from a bag. Its stamp and the time of its publishing are
// of one clock, which may differ from ours. The latter is zero with a middleware that does not
// know it.
func fromBag(stamp time.Duration, published time.Time) bool {
	return !published.IsZero() && time.Duration(published.UnixNano())-stamp >= recorded
}

// tellEarlier logs the sound of a bag that was played before the subscription was connected.
// That of a microphone before is no loss.
func (s *subscriber) tellEarlier(first *Block) {
	earlier := s.earlier
	if s.earlier = 0; earlier == 0 || !fromBag(first.Stamp, s.published) {
		return
	}
	frames := earlier * (first.End() - first.First) // in blocks of one size
	if s.topic.kind == SoundType {
		frames = min(frames, first.First)
	}
	s.node.Logger().Warn(fmt.Sprintf(
		"%d messages of %s, about %.3f s of sound, were played before this node was connected, and are missing: give the player time, as in ros2 bag play --delay 3",
		earlier, s.topic.Name, float64(frames)/float64(first.Format.SampleRate)))
}

// Mixed returns the number of publishers of sound that are heard and cannot be told apart:
// with most middlewares none, since only the first one is heard. Functions called by Listen
// may call it.
func (n *Node) Mixed() int { return n.filter.mixed() }
