package subscriber

import (
	"errors"
	"testing"
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestTheFirstPublisherIsKeptUntilItGoes(t *testing.T) {
	type infos = []rclgo.TopicEndpointInfo
	endpoint := func(id byte, name string) rclgo.TopicEndpointInfo {
		return rclgo.TopicEndpointInfo{NodeName: name, NodeNamespace: "/", EndpointGID: rclgo.GID{id}}
	}
	microphone, stranger, restarted := endpoint(1, "microphone"), endpoint(2, "stranger"), endpoint(3, "microphone")
	var graph infos
	var failure error
	asked := 0
	s := PublisherFilter{Publishers: func() (infos, error) { asked++; return graph, failure }}
	start := time.Now()
	for i, c := range []struct {
		at    time.Duration
		graph infos
		id    byte
		heard bool
	}{
		{0, infos{microphone}, 1, true},
		{time.Second, infos{microphone, stranger}, 2, false},
		{9 * time.Second, infos{microphone, stranger}, 2, false}, // however long the first is silent
		{10 * time.Second, infos{microphone, stranger}, 1, true},
		{10 * time.Second, infos{microphone, restarted}, 3, false}, // two nodes of one name
		{12 * time.Second, infos{microphone, stranger, restarted}, 2, false},
		{12 * time.Second, infos{microphone, stranger, restarted}, 3, true}, // killed and started anew
		{12 * time.Second, infos{microphone, stranger, restarted}, 1, false},
		{13 * time.Second, infos{stranger}, 2, true}, // ended
		{13 * time.Second, infos{stranger}, 2, true},
	} {
		graph = c.graph
		if heard := s.Hears(rclgo.GID{c.id}, start.Add(c.at)); heard != c.heard {
			t.Errorf("%d: publisher %d is heard: %t, want %t", i, c.id, heard, c.heard)
		}
	}
	if s.mixed() != 0 {
		t.Errorf("%d publishers are mixed, want none", s.mixed())
	}
	graph, asked = infos{stranger, microphone}, 0
	for i := range 1000 {
		s.Hears(rclgo.GID{1}, start.Add(20*time.Second+time.Duration(i)*time.Microsecond))
	}
	if asked != 1 {
		t.Errorf("the graph was asked %d times for 1000 messages of another publisher, want 1", asked)
	}
	// A middleware that says nothing, or that names publishers otherwise than the graph.
	for _, s := range []*PublisherFilter{{Publishers: s.Publishers}, {Publishers: s.Publishers, kept: rclgo.GID{7}}} {
		for range 2 {
			if !s.Hears(rclgo.GID{}, start) {
				t.Error("a publisher is not heard, though nobody says which it is")
			}
		}
		if s.mixed() != 2 {
			t.Errorf("%d publishers are mixed, want 2", s.mixed())
		}
	}
	if failure = errors.New("no graph"); !s.Hears(rclgo.GID{9}, start.Add(time.Hour)) {
		t.Error("sound is lost since the graph cannot be read")
	}
}

// The name is kept when the node has gone, but not for its successor.
func TestNodeOfThePublisherThatIsHeardIsKnown(t *testing.T) {
	type infos = []rclgo.TopicEndpointInfo
	endpoint := func(id byte, namespace, name string) rclgo.TopicEndpointInfo {
		return rclgo.TopicEndpointInfo{NodeName: name, NodeNamespace: namespace, EndpointGID: rclgo.GID{id}}
	}
	idle, camera, next := endpoint(1, "/", "idle"), endpoint(2, "/robot", "cam"), endpoint(3, "/", "cam")
	undiscovered := endpoint(2, "_NODE_NAMESPACE_UNKNOWN_", "_NODE_NAME_UNKNOWN_")
	var graph infos
	f := PublisherFilter{Publishers: func() (infos, error) { return graph, nil }}
	for i, c := range []struct {
		graph infos
		id    byte // of the publisher of a message, 0 for none
		want  string
	}{
		{infos{idle}, 0, ""},
		{infos{idle}, 2, ""}, // its message comes before it is in the graph
		{infos{idle, undiscovered}, 0, ""},
		{infos{idle, camera}, 0, "/robot/cam"},
		{infos{idle, camera}, 2, "/robot/cam"},
		{infos{idle}, 0, "/robot/cam"},
		{infos{idle, next}, 0, "/robot/cam"},
		{infos{idle, next}, 3, "/cam"},
		{infos{idle}, 7, ""},
	} {
		graph = c.graph
		if c.id != 0 && !f.Hears(rclgo.GID{c.id}, time.Now()) {
			t.Errorf("%d: publisher %d is not heard", i, c.id)
		}
		f.learn(graph)
		if f.node != c.want {
			t.Errorf("%d: the node is %q, want %q", i, f.node, c.want)
		}
	}
}
