package node

import (
	"fmt"

	"av_capture/src/internal/param"
	"av_capture/src/internal/param/service"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Parameters that every node of rclcpp has.
const (
	useSimTime      = "use_sim_time"
	typeDescription = "start_type_description_service"
)

// resolver is a node that knows its remappings. Upstream's rclgo has none.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// extended returns a node's table with the parameters of every node of rclcpp.
func (b *Base) extended(table *param.Table) (*param.Table, error) {
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
func (b *Base) resolve(topic string) (string, error) {
	node, ok := any(b.ROS).(resolver)
	if !ok {
		return rclgo.ExpandTopicName(topic, b.ROS.Name(), b.ROS.Namespace(), nil)
	}
	name, err := node.ResolveTopicName(topic)
	if err != nil {
		return "", fmt.Errorf("node: %s: %w", b.Options.Name, err)
	}
	return name, nil
}

// parameterEvents is the topic on which nodes announce changes of parameters.
const parameterEvents = "/parameter_events"

// warnOfSimulatedTime warns that simulated time has no effect, if it is asked for.
func warnOfSimulatedTime(log *rclgo.Logger, set param.Set) {
	if set.Bool(useSimTime) {
		log.Warn("use_sim_time is true, but what is captured live is stamped with system time: simulated time has no effect")
	}
}

// Ignored names parameters of rclcpp's nodes, so that a parameter file made for them
// raises no warning.
var Ignored = param.WithIgnored(useSimTime, typeDescription, "qos_overrides.")
