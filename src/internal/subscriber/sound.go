package subscriber

import (
	"context"

	av_capture_msg "av_capture/src/msgs/av_capture/msg"
)

// Listen calls heard with each block of the topic of sound, on its own goroutine, until ctx
// ends or heard returns an error, which it returns. It answers the node's parameter services
// meanwhile.
//
// The subscription keeps all, so that no block is lost, even of a file that is played as fast
// as it is taken.
func (n *Node) Listen(ctx context.Context, heard func(Block) error) error {
	s := &subscriber{node: n, topic: n.Sound, services: n.Services(), filter: &n.filter}
	s.subscribe = subscribing(n, n.Sound, av_capture_msg.AudioDataTypeSupport, func(m *av_capture_msg.AudioData) (func() error, error) {
		block, err := BlockOf(m)
		if err != nil || len(block.Data) == 0 {
			return nil, err
		}
		return func() error { return heard(block) }, nil
	})
	return s.listen(ctx)
}

// Mixed returns the number of publishers of sound that are heard and cannot be told apart:
// with most middlewares none, since only the first one is heard. Functions called by Listen
// may call it.
func (n *Node) Mixed() int { return n.filter.mixed() }
