package node

import (
	"fmt"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
	"github.com/tiiuae/rclgo/pkg/rclgo/types"
)

// advertised is a topic that the node publishes. Any goroutine may use it.
type advertised struct {
	*rclgo.Publisher      // closed with its node
	always           bool // wanted without subscribers too
	kept             int  // messages that the middleware may hold for slow subscribers, beside the newest; at most imageDepth
}

// advertise makes a topic's publisher with the quality of service that the
// parameters ask for, and has subscribers named that ask for more.
func (b *base) advertise(t *topic, params param.Set, support types.MessageTypeSupport) (advertised, error) {
	options := t.options(params)
	publisher, err := b.node.NewPublisher(t.name, support, options)
	if err != nil {
		return advertised{}, fmt.Errorf("node: publisher of %s: %w", t.name, err)
	}
	a := advertised{Publisher: publisher, always: alwaysWanted(&options.Qos)}
	if options.Qos.Reliability == rclgo.ReliabilityReliable {
		a.kept = imageDepth
		if options.Qos.History == rclgo.HistoryKeepLast {
			a.kept = min(a.kept, options.Qos.Depth)
		}
	}
	return a, b.watch(t, publisher, options.Qos)
}

// wanted says whether anybody could ever see what is published now.
func (a advertised) wanted() bool {
	listeners, err := a.GetSubscriptionCount()
	return err != nil || listeners > 0 || a.always
}
