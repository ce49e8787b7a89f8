package node

import (
	"fmt"
	"math"
	"time"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Default depths of the history of topics [messages].
const (
	// ImageDepth is for topics of images.
	ImageDepth = 5

	// AudioDepth is for topics of sound: half a second of blocks of 10 ms, so that a
	// reliable subscriber that hangs for a moment misses nothing.
	AudioDepth = 50
)

// publisherOptions returns the quality of service of our topics: reliable,
// volatile, keep last depth, so that every volatile subscriber matches.
func publisherOptions(depth int) *rclgo.PublisherOptions {
	qos := rclgo.NewDefaultQosProfile()
	qos.Reliability = rclgo.ReliabilityReliable
	qos.Durability = rclgo.DurabilityVolatile
	qos.History = rclgo.HistoryKeepLast
	qos.Depth = depth
	return &rclgo.PublisherOptions{Qos: qos}
}

// Topic is a topic that a node publishes. Parameters override its quality of service
// at start, as for a node of rclcpp.
type Topic struct {
	Name    string // as the node calls it, as in "~/image_raw"
	Below   *Topic // (optional) the topic that the name is below, wherever that is remapped to
	Depth   int    // of the history by default [messages]
	KeepAll bool   // keep all messages by default, rather than the last ones
	Latched bool   // late subscribers get the last messages too, by default (transient local)
	Absent  bool   // the node does not have it, by its start parameters

	full string // after remapping, for the names of the parameters
}

// declarations returns the parameters that override the topic's policies.
func (t *Topic) declarations() []param.Declaration {
	history := "keep_last"
	if t.KeepAll {
		history = "keep_all"
	}
	declarations := overridesOf(t.full, history, t.Depth)
	if t.Latched {
		declarations[0].Default = param.String("transient_local")
	}
	return append(declarations, param.Declaration{
		Name:        overrideOf(t.full, "deadline"),
		Default:     param.Int(0),
		Description: fmt.Sprintf("qos policy {deadline} for publisher {%s}: longest time between two messages, 0 for any [ns]", t.full),
		Range:       param.IntegerRange{From: 0, To: math.MaxInt64},
		ReadOnly:    true,
	})
}

// options returns the publisher's options that the parameters ask for.
func (t *Topic) options(set param.Set) *rclgo.PublisherOptions {
	qos := overridden(publisherOptions(t.Depth).Qos, set, t.full)
	qos.Deadline = time.Duration(set.Int(overrideOf(t.full, "deadline")))
	return &rclgo.PublisherOptions{Qos: qos}
}

// alwaysWanted reports whether messages are wanted without a subscriber: because
// late subscribers get them, or a deadline was promised.
func alwaysWanted(qos *rclgo.QosProfile) bool {
	return qos.Durability != rclgo.DurabilityVolatile || qos.Deadline > 0
}

// extendedByTopics returns the node's table with the parameters that override
// the quality of service of its topics, and finds the topics' full names.
//
// An override for a topic that the node does not have is a mistake, except for
// rclcpp's own subscription to /clock.
func (b *Base) extendedByTopics(table *param.Table) (*param.Table, error) {
	var declarations []param.Declaration
	for _, topic := range b.hooks.Topics {
		var err error
		if topic.Absent {
			continue
		}
		if topic.Below != nil {
			topic.Name, topic.Below = topic.Below.full+"/"+topic.Name, nil
		}
		if topic.full, err = b.resolve(topic.Name); err != nil {
			return nil, err
		}
		declarations = append(declarations, topic.declarations()...)
	}
	return table.Extend(declarations...).Ignoring(append([]string{"qos_overrides./clock."}, b.hooks.Ignored...)...), nil
}

// overridesOf declares the quality of service of a topic's publisher, in rclcpp's
// names and order, by default reliable, volatile, and with this history.
func overridesOf(topic, kept string, depth int) []param.Declaration {
	declare := func(policy string, value param.Value) param.Declaration {
		return param.Declaration{
			Name:        overrideOf(topic, policy),
			Default:     value,
			Description: fmt.Sprintf("qos policy {%s} for publisher {%s}", policy, topic),
			ReadOnly:    true,
		}
	}
	durability := declare("durability", param.String("volatile"))
	durability.Choices = param.OneOf("volatile", "transient_local", "system_default")
	history := declare("history", param.String(kept))
	history.Choices = param.OneOf("keep_last", "keep_all", "system_default")
	last := declare("depth", param.Int(int64(depth)))
	last.Range = param.IntegerRange{From: 0, To: math.MaxInt32}
	reliability := declare("reliability", param.String("reliable"))
	reliability.Choices = param.OneOf("reliable", "best_effort", "system_default")
	return []param.Declaration{durability, history, last, reliability}
}

// overrideOf returns the name of the parameter for a policy.
func overrideOf(topic, policy string) string {
	return "qos_overrides." + topic + ".publisher." + policy
}

// The policies in the words of rmw.
var (
	durabilities = map[string]rclgo.DurabilityPolicy{
		"volatile":        rclgo.DurabilityVolatile,
		"transient_local": rclgo.DurabilityTransientLocal,
		"system_default":  rclgo.DurabilitySystemDefault,
	}
	histories = map[string]rclgo.HistoryPolicy{
		"keep_last":      rclgo.HistoryKeepLast,
		"keep_all":       rclgo.HistoryKeepAll,
		"system_default": rclgo.HistorySystemDefault,
	}
	reliabilities = map[string]rclgo.ReliabilityPolicy{
		"reliable":       rclgo.ReliabilityReliable,
		"best_effort":    rclgo.ReliabilityBestEffort,
		"system_default": rclgo.ReliabilitySystemDefault,
	}
)

// overridden returns a quality of service with the overrides for a topic.
func overridden(qos rclgo.QosProfile, set param.Set, topic string) rclgo.QosProfile {
	qos.Durability = durabilities[set.String(overrideOf(topic, "durability"))]
	qos.History = histories[set.String(overrideOf(topic, "history"))]
	qos.Depth = int(set.Int(overrideOf(topic, "depth")))
	qos.Reliability = reliabilities[set.String(overrideOf(topic, "reliability"))]
	return qos
}
