package subscriber

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// Topic is a topic that a node listens to. Any goroutine may call its methods.
type Topic struct {
	Name string // its full name

	remappable string // its name for users to remap, in the node's namespace; "" without one
	usual      string // the name that is taken without a remapping
	kind       string // its type; of sound it may change while nobody publishes that one

	mu        sync.Mutex
	publisher string // full name of the node that is heard; "" while that is unknown
	invalid   int    // messages
	reason    error  // of the newest of them
}

// Publisher returns the full name of the node that is heard, or was heard last, on this topic,
// or "" where the middleware does not tell.
func (t *Topic) Publisher() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.publisher
}

// Invalid returns the number of messages that were left out since they are invalid, and the
// reason of the newest one.
func (t *Topic) Invalid() (count int, reason error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.invalid, t.reason
}

// setPublisher notes the node that is heard.
func (t *Topic) setPublisher(node string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.publisher = node
}

// setKind changes the type, on the goroutine that listens.
func (t *Topic) setKind(kind string) { t.kind = kind }

// addInvalid notes an invalid message, and returns the number of them.
func (t *Topic) addInvalid(reason error) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.invalid++
	t.reason = reason
	return t.invalid
}

// Types of the topics of sound and images.
const (
	SoundType      = "av_capture/msg/AudioData"
	ImageType      = "sensor_msgs/msg/Image"
	CompressedType = "sensor_msgs/msg/CompressedImage"
)

// CompressedSuffix ends the names of topics of compressed images, by the rule of
// image_transport.
const CompressedSuffix = "/compressed"

// SoundTopic returns a topic of sound by its name, which the node's namespace and remappings
// complete.
func (n *Base) SoundTopic(name string) (*Topic, error) {
	t := &Topic{kind: SoundType}
	return t, t.find(n.Node, name)
}

// ImageTopic is SoundTopic for images, compressed ones if the full name says so.
func (n *Base) ImageTopic(name string) (*Topic, error) {
	t := new(Topic)
	err := t.find(n.Node, name)
	t.kind = ImageKind(t.Name)
	return t, err
}

// ImageKind returns the type of a topic of images.
func ImageKind(name string) string {
	if strings.HasSuffix(name, CompressedSuffix) {
		return CompressedType
	}
	return ImageType
}

// soundOf and imagesOf return the topics that a node listens to.
func soundOf(node *rclgo.Node) (*Topic, error) {
	t := &Topic{remappable: "audio", usual: "microphone/audio", kind: SoundType}
	return t, t.resolve(node)
}

func imagesOf(node *rclgo.Node) (*Topic, error) {
	t := &Topic{remappable: "image", usual: "camera/image_raw"}
	err := t.resolve(node)
	t.kind = ImageKind(t.Name)
	return t, err
}

// resolver is a node with access to its remappings, which upstream's rclgo lacks.
type resolver interface {
	ResolveTopicName(name string) (string, error)
}

// find finds the topic's full name from one for users.
func (t *Topic) find(node *rclgo.Node, name string) (err error) {
	if r, ok := any(node).(resolver); ok {
		t.Name, err = r.ResolveTopicName(name)
	} else {
		t.Name, err = rclgo.ExpandTopicName(name, node.Name(), node.Namespace(), nil)
	}
	if err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	return nil
}

// resolve finds the topic's full name, by the remappings of a node.
func (t *Topic) resolve(node *rclgo.Node) error {
	plain, err := rclgo.ExpandTopicName(t.remappable, node.Name(), node.Namespace(), nil)
	if err != nil {
		return fmt.Errorf("subscriber: %w", err)
	}
	if err = t.find(node, t.remappable); err == nil && t.Name == plain {
		err = t.find(node, t.usual)
	}
	return err
}

// byType splits publishers into those of the topic's type and strangers, of which nothing is
// received.
func (t *Topic) byType(publishers []rclgo.TopicEndpointInfo) (ours, strangers []rclgo.TopicEndpointInfo) {
	for _, publisher := range publishers {
		if publisher.TopicType == t.kind {
			ours = append(ours, publisher)
		} else {
			strangers = append(strangers, publisher)
		}
	}
	return ours, strangers
}

// remapping returns the argument that remaps the topic, after some words; "" for a topic
// without a remapping.
func (t *Topic) remapping(before string) string {
	if t.remappable == "" {
		return ""
	}
	return before + "--ros-args -r " + t.remappable + ":=/its/name"
}

// mismatch describes a publisher of another type than the topic's, and the cure.
func (t *Topic) mismatch(stranger *rclgo.TopicEndpointInfo) string {
	node, hint := cmp.Or(nodeName(stranger), "some node"), ""
	if err := soundInstalled(stranger.TopicType); err != nil {
		return fmt.Sprintf("%s is published by %s as %s, of which nothing is taken: %v", t.Name, node, stranger.TopicType, err)
	}
	if !slices.Contains(SoundTypes, t.kind) {
		hint = ", which for compressed images ends in " + CompressedSuffix
	}
	return fmt.Sprintf("%s is published by %s as %s, of which nothing is taken; want %s: name another topic%s%s",
		t.Name, node, stranger.TopicType, t.kind, t.remapping(" by "), hint)
}
