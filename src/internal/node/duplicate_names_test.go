package node

import (
	"errors"
	"strings"
	"testing"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

func TestDuplicateNamesAreLoggedWhenTheyComeAndWhenTheLastOneGoes(t *testing.T) {
	var nodes []string // full names on the graph
	read := 0
	peers := NewPeers()
	n := &duplicateNames{peers: peers, own: "/robot/camera", names: func() (names, namespaces []string, err error) {
		read++
		for _, full := range nodes {
			at := strings.LastIndex(full, "/")
			names, namespaces = append(names, full[at+1:]), append(namespaces, max(full[:at], "/"))
		}
		return names, namespaces, nil
	}}
	peers.watchesGraph()
	for _, test := range []struct {
		nodes         []string
		warning, over string
		count         int
	}{
		{[]string{"/robot/camera", "/camera", "/robot/microphone"}, "", "", 0},
		{[]string{"/robot/camera", "/robot/camera"}, "another node on the graph is called /robot/camera too", "", 1},
		{[]string{"/robot/camera", "/robot/camera", "/other"}, "", "", 1},
		{[]string{"/robot/camera", "/robot/camera", "/robot/camera"}, "2 other nodes on the graph are called", "", 2},
		{[]string{"/robot/camera", "/robot/camera"}, "", "", 1},
		{[]string{"/robot/camera"}, "", "no other node is called /robot/camera any more", 0},
		{[]string{"/robot/camera", "/robot/camera"}, "another node", "", 1},
		{nil, "", "no other node", 0}, // not even this one, which is being closed
	} {
		nodes = test.nodes
		before := read
		for range 2 { // the second time nothing has changed
			warning, over, err := n.recount()
			if err != nil || !strings.HasPrefix(warning, test.warning) || (warning == "") != (test.warning == "") ||
				!strings.HasPrefix(over, test.over) || (over == "") != (test.over == "") || n.count != test.count {
				t.Errorf("%v: got %q, %q, %v and %d, want %q, %q and %d", test.nodes, warning, over, err, n.count, test.warning, test.over, test.count)
			}
			test.warning, test.over = "", ""
		}
		if read != before+1 {
			t.Errorf("%v: the graph was read %d times after one change", test.nodes, read-before)
		}
		peers.graphChanged()
	}
}

func TestGraphIsReadEachTimeWhereNothingTellsOfChanges(t *testing.T) {
	read := 0
	n := &duplicateNames{peers: NewPeers(), own: "/a", names: func() (names, namespaces []string, err error) {
		read++
		return nil, nil, errors.New("not now")
	}}
	for range 3 {
		if _, _, err := n.recount(); err == nil {
			t.Error("no error")
		}
	}
	if read != 3 {
		t.Errorf("read %d times, want 3", read)
	}
}

func TestNodeThatIsNotDiscoveredIsNotCalledByAMadeUpName(t *testing.T) {
	for _, test := range []struct {
		name, namespace, want string
		known                 bool
	}{
		{"viewer", "/", "/viewer", true},
		{"viewer", "/robot", "/robot/viewer", true},
		{"_NODE_NAME_UNKNOWN_", "_NODE_NAMESPACE_UNKNOWN_", "a node not discovered yet", false},
	} {
		got, known := EndpointNode(&rclgo.TopicEndpointInfo{NodeName: test.name, NodeNamespace: test.namespace})
		if got != test.want || known != test.known {
			t.Errorf("%s in %s is %q, %t, want %q, %t", test.name, test.namespace, got, known, test.want, test.known)
		}
	}
}
