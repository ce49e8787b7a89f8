package subscriber

import (
	"time"

	"av_capture/src/internal/node"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// respite is the silence of a publisher after which another one, of a node of the same name,
// is taken for that node started anew. A killed node stays in the graph for a while.
const respite = time.Second

// nameInterval is the time between two messages for which the graph is asked for the name of
// their node, which it may know later than they come.
const nameInterval = 50 * time.Millisecond

// PublisherFilter chooses the publisher of a topic that is heard: the first one, until it
// goes. One goroutine uses it.
//
// All publishers are heard with middlewares whose messages lack the publisher's identifier,
// or have another one than the graph.
type PublisherFilter struct {
	Publishers func() ([]rclgo.TopicEndpointInfo, error) // of the topic, as the graph has them

	kept   rclgo.GID // zero before the first message
	node   string    // full name of its node, as long as it is kept; "" while that is unknown
	named  time.Time // when the graph was asked for node
	heard  time.Time // arrival of its newest message
	others map[rclgo.GID]bool
	asked  time.Time // when others was emptied
}

// Hears reports whether a message of a publisher is heard.
func (f *PublisherFilter) Hears(publisher rclgo.GID, now time.Time) bool {
	if f.kept != publisher && f.kept != (rclgo.GID{}) && !f.follows(publisher, now) {
		return false
	}
	if f.kept != publisher {
		f.kept, f.node, f.named = publisher, "", time.Time{}
	}
	if f.node == "" && f.kept != (rclgo.GID{}) && now.Sub(f.named) >= nameInterval {
		f.named = now
		if found, err := f.Publishers(); err == nil {
			f.learn(found)
		}
	}
	f.heard = now
	return true
}

// learn finds the name of the kept publisher's node among all publishers. The graph may know
// it later than its first message comes, and forgets it when the node has gone.
func (f *PublisherFilter) learn(publishers []rclgo.TopicEndpointInfo) {
	if f.node != "" || f.kept == (rclgo.GID{}) {
		return
	}
	if kept := find(publishers, f.kept); kept != nil {
		f.node = nodeName(kept)
	}
}

// nodeName returns the full name of a publisher's node, or "" while the graph does not know it.
func nodeName(publisher *rclgo.TopicEndpointInfo) string {
	if name, known := node.EndpointNode(publisher); known {
		return name
	}
	return ""
}

// follows reports whether a publisher takes the place of the kept one. It asks the graph at
// most once per publisher and searchInterval.
func (f *PublisherFilter) follows(publisher rclgo.GID, now time.Time) bool {
	if now.Sub(f.asked) >= searchInterval {
		f.others, f.asked = map[rclgo.GID]bool{}, now
	}
	if f.others[publisher] {
		return false
	}
	found, err := f.Publishers()
	if err != nil {
		return true
	}
	kept, other := find(found, f.kept), find(found, publisher)
	if kept == nil {
		return true
	}
	if other != nil && now.Sub(f.heard) >= respite && nodeName(kept) != "" && nodeName(kept) == nodeName(other) {
		return true
	}
	f.others[publisher] = true
	return false
}

// mixed returns the number of publishers that are heard and cannot be told apart: none if
// the graph has the kept one.
func (f *PublisherFilter) mixed() int {
	found, err := f.Publishers()
	if err != nil || find(found, f.kept) != nil {
		return 0
	}
	return len(found)
}

// find returns the publisher with an identifier, or nil.
func find(publishers []rclgo.TopicEndpointInfo, gid rclgo.GID) *rclgo.TopicEndpointInfo {
	for i := range publishers {
		if publishers[i].EndpointGID == gid {
			return &publishers[i]
		}
	}
	return nil
}
