package microphone

import (
	"context"

	"av_capture/src/internal/buffer"
	"av_capture/src/internal/media"
	"av_capture/src/internal/node"

	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// delivery takes the sound of one stream from its source to subscribers, live or
// as a batch.
type delivery interface {
	// begin is called when the source is open. It may call up at once.
	begin(up func())

	// runThread calls f on a thread that suits sound, and returns when f has.
	runThread(f func())

	// audioReader returns a reader of the ring for a goroutine inside runThread,
	// windowReader one for any other. Both are released when they are done with.
	audioReader() (*buffer.Reader, error)
	windowReader() *buffer.Reader

	// accept returns the function that takes the source's periods. ctx ends with
	// the session.
	accept(ctx context.Context) func(media.Period)

	// publisher returns the function that publishes messages on a topic, for one
	// goroutine. It gives up when the function's context ends.
	publisher(to *node.Publisher) func(ctx context.Context, message types.Message) error

	// drain waits until published is closed, after the source has ended. It calls
	// cancel when the rest has to be given up.
	drain(ctx context.Context, published <-chan struct{}, cancel func())

	// realtime reports whether stamps are of the present, so that latencies mean
	// something.
	realtime() bool

	// priority describes the real-time priority in force, for the diagnostics.
	priority() string

	// health returns the status for the diagnostics. trouble goes to the log with
	// this report, empty if there is none. m.mu is held.
	health(m *meter, trouble string) (level byte, message string)
}

// newDelivery returns the delivery that the parameters ask for.
func (n *Node) newDelivery(s *stream, config Config) delivery {
	if config.batch() {
		return &batch{node: n, stream: s}
	}
	return &live{node: n, stream: s, threads: n.newPriority(config)}
}
