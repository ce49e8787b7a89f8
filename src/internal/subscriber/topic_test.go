package subscriber

import (
	"strings"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestPublishersOfAnotherTypeAreStrangers(t *testing.T) {
	topic := &Topic{Name: "/ear", remappable: "audio", kind: SoundType}
	sound := rclgo.TopicEndpointInfo{NodeName: "microphone", NodeNamespace: "/", TopicType: SoundType}
	text := rclgo.TopicEndpointInfo{NodeName: "chatter", NodeNamespace: "/robot", TopicType: "std_msgs/msg/String"}
	ours, strangers := topic.byType([]rclgo.TopicEndpointInfo{text, sound, text})
	if len(ours) != 1 || ours[0].NodeName != "microphone" || len(strangers) != 2 || strangers[0].NodeName != "chatter" {
		t.Errorf("%v and strangers %v", ours, strangers)
	}
	words := []string{"/ear", "by /robot/chatter", "std_msgs/msg/String", SoundType, "-r audio:=/its/name"}
	for _, word := range words {
		if got := topic.mismatch(&text); !strings.Contains(got, word) || strings.Contains(got, CompressedSuffix) {
			t.Errorf("%q, want %q in it, and nothing of images", got, word)
		}
	}
}
