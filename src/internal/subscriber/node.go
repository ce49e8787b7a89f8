package subscriber

import (
	"context"
	"errors"

	"av_capture/src/internal/param"
	"av_capture/src/internal/param/service"
	"av_capture/src/internal/program"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Base is a ROS node without parameters of its own: those that nodes of rclcpp have are
// known, and the services of parameters answer.
type Base struct {
	*rclgo.Node

	services *service.Server
}

// Node is a ROS node that listens to a topic of sound, a topic of images, or both.
type Node struct {
	*Base
	Sound  *Topic
	Images *Topic

	filter PublisherFilter // of sound; the goroutine of Listen uses it
}

// Run starts ROS, makes a node, calls work with it, and closes both. name is the node's name
// before remapping.
func Run(start *program.Start, name string, work func(n *Node) error) error {
	return RunBase(start, name, func(base *Base) error {
		sound, err := soundOf(base.Node)
		if err != nil {
			return program.StartError(err)
		}
		images, err := imagesOf(base.Node)
		if err != nil {
			return program.StartError(err)
		}
		return work(&Node{Base: base, Sound: sound, Images: images})
	})
}

// RunBase is Run for a node that chooses its topics while it runs.
func RunBase(start *program.Start, name string, work func(n *Base) error) error {
	return start.WithROS(func(parent *rclgo.Context) error {
		n, err := newBase(parent, name, start.Overrides)
		if err != nil {
			return program.StartError(err)
		}
		if err = work(n); err != nil {
			start.EndWith(err) // closing may hang as well
		}
		defer start.Doing("closing node " + n.FullyQualifiedName())()
		return errors.Join(err, n.services.Close(), n.Close())
	})
}

// Services returns the services of parameters, for a wait set.
func (n *Base) Services() []*rclgo.Service { return n.services.Services() }

// newBase makes the node and finds its parameters.
func newBase(parent *rclgo.Context, name string, overrides *param.Overrides) (_ *Base, err error) {
	node, err := parent.NewNode(name, "")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, node.Close())
		}
	}()
	// Nodes of rclcpp declare these by themselves, so that files made for them set them.
	table := param.NewTable(nil).Ignoring("use_sim_time", "start_type_description_service", "qos_overrides.")
	set, warnings, err := table.Resolve(node.FullyQualifiedName(), overrides)
	for _, warning := range append(warnings, overrides.Unmatched(param.Node{Name: node.FullyQualifiedName(), Table: table})...) {
		node.Logger().Warn(warning.String())
	}
	if err != nil {
		return nil, param.Misconfigured("%w", err)
	}
	n := &Base{Node: node}
	n.services, err = service.New(node, set, service.DefaultEventsQos(), readOnly{node, table})
	return n, err
}

// publishers describes the publishers of a topic. Upstream's rclgo inverts the flag; a name
// in the wrong format finds nothing.
func (n *Base) publishers(name string) ([]rclgo.TopicEndpointInfo, error) {
	found, err := n.GetPublishersInfoByTopic(name, false)
	if err != nil || len(found) > 0 {
		return found, err
	}
	return n.GetPublishersInfoByTopic(name, true)
}

// readOnly is a node with read-only parameters, for its parameter services.
type readOnly struct {
	node  *rclgo.Node
	table *param.Table
}

// Apply is only called with the values of before.
func (readOnly) Apply(context.Context, param.Set) (string, error) { return "", nil }

// Table returns the node's parameters.
func (r readOnly) Table() *param.Table { return r.table }

// InForce returns nil: the requested values are in force.
func (readOnly) InForce() map[string]param.Value { return nil }

// Warn logs a warning.
func (r readOnly) Warn(text string) { r.node.Logger().Warn(text) }
