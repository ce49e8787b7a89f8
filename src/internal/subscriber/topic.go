package subscriber

import (
	"fmt"
	"strings"

	"av_capture/src/internal/param"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// topic is a topic that a node listens to.
type topic struct {
	remappable string // its name for users to remap, in the node's namespace
	usual      string // the name that is taken without a remapping
	kind       string // its type

	name string // its full name
}

// Types of topics.
const (
	soundType      = "av_capture/msg/AudioData"
	imageType      = "sensor_msgs/msg/Image"
	compressedType = "sensor_msgs/msg/CompressedImage"
)

// compressedSuffix ends the names of topics of compressed images, by the rule of
// image_transport.
const compressedSuffix = "/compressed"

// soundOf and imagesOf return the topics that a node listens to.
func soundOf(node *rclgo.Node) (topic, error) {
	return topic{remappable: "audio", usual: "microphone/audio", kind: soundType}.of(node)
}

func imagesOf(node *rclgo.Node) (topic, error) {
	t, err := topic{remappable: "image", usual: "camera/image_raw", kind: imageType}.of(node)
	if strings.HasSuffix(t.name, compressedSuffix) {
		t.kind = compressedType
	}
	return t, err
}

// resolver is a node with access to its remappings, which upstream's rclgo lacks.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// of returns the topic with its full name, by the remappings of a node.
func (t topic) of(node *rclgo.Node) (topic, error) {
	plain, err := rclgo.ExpandTopicName(t.remappable, node.Name(), node.Namespace(), nil)
	if err != nil {
		return t, fmt.Errorf("subscriber: %w", err)
	}
	resolve := func(name string) (string, error) {
		if r, ok := any(node).(resolver); ok {
			return r.ResolveTopicName(name)
		}
		return rclgo.ExpandTopicName(name, node.Name(), node.Namespace(), nil)
	}
	t.name, err = resolve(t.remappable)
	if err == nil && t.name == plain {
		t.name, err = resolve(t.usual)
	}
	if err != nil {
		return t, fmt.Errorf("subscriber: %w", err)
	}
	return t, nil
}

// checkType refuses publishers of which each has another type than the topic.
func (t topic) checkType(publishers []rclgo.TopicEndpointInfo) error {
	for _, publisher := range publishers {
		if publisher.TopicType == t.kind {
			return nil
		}
	}
	if len(publishers) == 0 {
		return nil
	}
	hint := ""
	if t.kind != soundType {
		hint = ", which for compressed images ends in " + compressedSuffix
	}
	return param.Misconfigured("%s is a topic of %s, want %s: name another one by --ros-args -r %s:=/its/name%s",
		t.name, publishers[0].TopicType, t.kind, t.remappable, hint)
}
