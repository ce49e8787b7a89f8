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
	// A middleware that says nothing.
	silent := PublisherFilter{Publishers: s.Publishers}
	for range 2 {
		if !silent.Hears(rclgo.GID{}, start) {
			t.Error("a publisher is not heard, though nobody says which it is")
		}
	}
	if silent.mixed() != 2 {
		t.Errorf("%d publishers are mixed, want 2", silent.mixed())
	}
	if failure = errors.New("no graph"); !s.Hears(rclgo.GID{9}, start.Add(time.Hour)) {
		t.Error("sound is lost since the graph cannot be read")
	}
}

// Cyclone DDS: messages name their publisher by a number that the graph does not have.
func TestTheFirstPublisherIsKeptByNumbersThatTheGraphLacks(t *testing.T) {
	type infos = []rclgo.TopicEndpointInfo
	endpoint := func(id byte, name string) rclgo.TopicEndpointInfo {
		return rclgo.TopicEndpointInfo{NodeName: name, NodeNamespace: "/", EndpointGID: rclgo.GID{0, 0, id}}
	}
	microphone, stranger, third, restarted := endpoint(1, "microphone"), endpoint(2, "stranger"), endpoint(3, "third"), endpoint(4, "microphone")
	type step struct {
		at    time.Duration
		graph infos
		id    byte
		heard bool
	}
	for name, c := range map[string]struct {
		steps []step
		node  string
	}{
		"the only one": {[]step{
			{0, infos{microphone}, 1, true},
			{time.Second, infos{microphone}, 1, true},
			{9 * time.Second, infos{microphone, stranger}, 2, false}, // however long the first is silent
			{9 * time.Second, infos{microphone, stranger}, 1, true},
		}, "/microphone"},
		"a moment": {[]step{{0, infos{microphone}, 1, true}}, "/microphone"},
		"it ends": {[]step{
			{0, infos{microphone}, 1, true},
			{time.Second, infos{microphone}, 1, true},
			{time.Second, infos{microphone, stranger}, 2, false},
			{1600 * time.Millisecond, infos{stranger}, 2, true},
			{2600 * time.Millisecond, infos{stranger}, 2, true},
		}, "/stranger"},
		"it is killed and started anew": {[]step{
			{0, infos{microphone}, 1, true},
			{time.Second, infos{microphone}, 1, true},
			{1500 * time.Millisecond, infos{microphone, restarted}, 4, false}, // two nodes of one name
			{2500 * time.Millisecond, infos{microphone, restarted}, 4, true},
			{3500 * time.Millisecond, infos{microphone, restarted}, 4, true},
		}, "/microphone"},
		"two from the start": {[]step{
			{0, infos{microphone, stranger}, 1, true},
			{0, infos{microphone, stranger}, 2, false},
			{time.Second, infos{microphone, stranger}, 1, true},
			{9 * time.Second, infos{microphone, stranger}, 2, false},
			{9 * time.Second, infos{microphone, stranger}, 1, true},
			{9500 * time.Millisecond, infos{stranger}, 2, false}, // one has gone, perhaps the other
			{9500 * time.Millisecond, infos{microphone}, 1, true},
			{10500 * time.Millisecond, infos{stranger}, 2, true},
		}, "/stranger"},
		"the graph has the other one first": {[]step{
			{0, infos{stranger}, 1, true},
			{0, infos{stranger}, 2, false},
			{200 * time.Millisecond, infos{stranger, microphone}, 1, true},
			{2 * time.Second, infos{stranger, microphone}, 2, false},
			{3 * time.Second, infos{stranger}, 2, true},
		}, "/stranger"},
		"it goes before it is looked for": {[]step{
			{0, infos{stranger}, 1, true},
			{time.Second, infos{stranger}, 1, true},
			{time.Second, infos{stranger}, 2, false},
			{2 * time.Second, infos{stranger}, 2, true},
			{3 * time.Second, infos{stranger, third}, 2, true},
		}, ""},
	} {
		var graph infos
		f := PublisherFilter{Publishers: func() (infos, error) { return graph, nil }}
		start := time.Now()
		for i, step := range c.steps {
			graph = step.graph
			if heard := f.Hears(rclgo.GID{step.id}, start.Add(step.at)); heard != step.heard {
				t.Errorf("%s: %d: publisher %d is heard: %t, want %t", name, i, step.id, heard, step.heard)
			}
		}
		if f.conclude(graph); f.node != c.node {
			t.Errorf("%s: the node is %q, want %q", name, f.node, c.node)
		}
		if f.mixed() != 0 {
			t.Errorf("%s: %d publishers are mixed, want none", name, f.mixed())
		}
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
