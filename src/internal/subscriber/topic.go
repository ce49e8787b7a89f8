package subscriber

import (
	"fmt"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Names of the topic before remapping, in the node's namespace: the one for users to remap,
// and the one that is taken without a remapping.
const (
	remappable = "audio"
	usual      = "microphone/audio"
)

// resolver is a node with access to its remappings, which upstream's rclgo lacks.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// topicOf returns the full name of the topic that a node listens to.
func topicOf(node *rclgo.Node) (string, error) {
	plain, err := rclgo.ExpandTopicName(remappable, node.Name(), node.Namespace(), nil)
	if err != nil {
		return "", fmt.Errorf("subscriber: %w", err)
	}
	resolve := func(name string) (string, error) {
		if r, ok := any(node).(resolver); ok {
			return r.ResolveTopicName(name)
		}
		return rclgo.ExpandTopicName(name, node.Name(), node.Namespace(), nil)
	}
	remapped, err := resolve(remappable)
	if err == nil && remapped == plain {
		remapped, err = resolve(usual)
	}
	if err != nil {
		return "", fmt.Errorf("subscriber: %w", err)
	}
	return remapped, nil
}
