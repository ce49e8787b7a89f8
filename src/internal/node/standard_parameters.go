package node

import (
	"fmt"
	"math"

	"av_capture/src/internal/param"
	"av_capture/src/internal/param/service"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Parameters that every node of rclcpp has.
const (
	useSimTime      = "use_sim_time"
	typeDescription = "start_type_description_service"
)

// resolver is a node that knows its remappings. Not every version of the client
// library has it.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// extended returns a node's table with the parameters that every node of rclcpp
// has.
func (b *base) extended(table *param.Table) (*param.Table, error) {
	events, err := b.resolve(parameterEvents)
	if err != nil {
		return nil, err
	}
	declarations := []param.Declaration{{
		Name:        useSimTime,
		Default:     param.Bool(false),
		Description: "Take the time from /clock. It has no effect on stamps: what is captured live has system time.",
	}, {
		Name:        typeDescription,
		Default:     param.Bool(true),
		Description: "Start the ~/get_type_description service for this node.",
		ReadOnly:    true,
	}}
	return table.Extend(append(declarations, overridesOf(events, "keep_last", service.DefaultEventsQos().Depth)...)...), nil
}

// resolve returns the full name of a topic after remapping.
func (b *base) resolve(topic string) (string, error) {
	node, ok := any(b.node).(resolver)
	if !ok {
		return rclgo.ExpandTopicName(topic, b.node.Name(), b.node.Namespace(), nil)
	}
	name, err := node.ResolveTopicName(topic)
	if err != nil {
		return "", fmt.Errorf("node: %s: %w", b.options.Name, err)
	}
	return name, nil
}

// parameterEvents is the topic on which nodes tell of their parameters.
const parameterEvents = "/parameter_events"

// overridesOf declares the quality of service of the publisher of a topic, as
// rclcpp names and orders it, by default reliable, volatile, and with this history.
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

// warnOfSimulatedTime warns if the user wants it.
func warnOfSimulatedTime(log *rclgo.Logger, set param.Set) {
	if set.Bool(useSimTime) {
		log.Warn("use_sim_time is true, but what is captured live is stamped with system time: simulated time has no effect")
	}
}
