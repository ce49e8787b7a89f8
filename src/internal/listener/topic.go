package listener

import (
	"fmt"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Names of the topic with the sound, as the node calls it: the one to remap, and
// the one that is taken if that is not done, in the node's namespace.
const (
	remappable = "audio"
	usual      = "microphone/audio"
)

// resolver is a node that knows its remappings. Upstream's rclgo has none.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// topicOf returns the full name of the topic that a node listens to.
func topicOf(node *rclgo.Node) (string, error) {
	plain, err := rclgo.ExpandTopicName(remappable, node.Name(), node.Namespace(), nil)
	if err != nil {
		return "", fmt.Errorf("listener: %w", err)
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
		return "", fmt.Errorf("listener: %w", err)
	}
	return remapped, nil
}
