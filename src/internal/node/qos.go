package node

import (
	"fmt"
	"math"
	"time"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// topic is a topic that a node publishes with a quality of service that can be
// overridden at start, by the parameters that rclcpp's nodes declare for it.
type topic struct {
	name  string // as the node calls it, as in "~/image_raw"
	below *topic // (optional) the topic that the name is below, wherever that is remapped to
	depth int    // of the history by default [messages]
	whole bool   // keep all messages by default, rather than the last ones

	full string // after remapping, for the names of the parameters
}

// declarations returns the parameters that override the topic's policies.
func (t *topic) declarations() []param.Declaration {
	history := "keep_last"
	if t.whole {
		history = "keep_all"
	}
	return append(overridesOf(t.full, history, t.depth), param.Declaration{
		Name:        overrideOf(t.full, "deadline"),
		Default:     param.Int(0),
		Description: fmt.Sprintf("qos policy {deadline} for publisher {%s}: longest time between two messages, 0 for any [ns]", t.full),
		Range:       param.IntegerRange{From: 0, To: math.MaxInt64},
		ReadOnly:    true,
	})
}

// options returns the publisher's options that the parameters ask for.
func (t *topic) options(set param.Set) *rclgo.PublisherOptions {
	qos := overridden(publisherOptions(t.depth).Qos, set, t.full)
	qos.Deadline = time.Duration(set.Int(overrideOf(t.full, "deadline")))
	return &rclgo.PublisherOptions{Qos: qos}
}

// alwaysWanted says whether messages are wanted while nobody is subscribed: late
// subscribers get them, or a deadline was promised.
func alwaysWanted(qos *rclgo.QosProfile) bool {
	return qos.Durability != rclgo.DurabilityVolatile || qos.Deadline > 0
}

// extendedByTopics returns the node's table with the parameters that override
// the quality of service of its topics, and finds the topics' full names.
//
// An override for a topic that the node does not have is then a mistake, but for
// that of rclcpp's own subscription to /clock.
func (b *base) extendedByTopics(table *param.Table) (*param.Table, error) {
	var declarations []param.Declaration
	for _, topic := range b.topics {
		var err error
		if topic.below != nil {
			topic.name, topic.below = topic.below.full+"/"+topic.name, nil
		}
		if topic.full, err = b.resolve(topic.name); err != nil {
			return nil, err
		}
		declarations = append(declarations, topic.declarations()...)
	}
	return table.Extend(declarations...).Foreign(append([]string{"qos_overrides./clock."}, b.foreign...)...), nil
}
