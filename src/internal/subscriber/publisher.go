package subscriber

import (
	"time"

	"github.com/tiiuae/rclgo/pkg/rclgo"
)

// respite is the silence of a publisher after which another one, of a node of the same name,
// is taken for that node started anew. A killed node stays in the graph for a while.
const respite = time.Second

// publisherFilter chooses the publisher that is heard: the first one, until it goes. One goroutine
// uses it.
//
// All publishers are heard with middlewares whose messages lack the publisher's identifier,
// or have another one than the graph.
type publisherFilter struct {
	publishers func() ([]rclgo.TopicEndpointInfo, error)

	kept   rclgo.GID // zero before the first message
	heard  time.Time // arrival of its newest message
	others map[rclgo.GID]bool
	asked  time.Time // when others was emptied
}

// hears reports whether a message of a publisher is heard.
func (f *publisherFilter) hears(publisher rclgo.GID, now time.Time) bool {
	if f.kept != publisher && f.kept != (rclgo.GID{}) && !f.follows(publisher, now) {
		return false
	}
	f.kept, f.heard = publisher, now
	return true
}

// follows reports whether a publisher takes the place of the kept one. It asks the graph at
// most once per publisher and searchInterval.
func (f *publisherFilter) follows(publisher rclgo.GID, now time.Time) bool {
	if now.Sub(f.asked) >= searchInterval {
		f.others, f.asked = map[rclgo.GID]bool{}, now
	}
	if f.others[publisher] {
		return false
	}
	found, err := f.publishers()
	if err != nil {
		return true
	}
	kept, other := find(found, f.kept), find(found, publisher)
	if kept == nil {
		return true
	}
	if other != nil && now.Sub(f.heard) >= respite && kept.NodeName == other.NodeName && kept.NodeNamespace == other.NodeNamespace {
		return true
	}
	f.others[publisher] = true
	return false
}

// mixed returns the number of publishers that are heard and cannot be told apart: none if
// the graph has the kept one.
func (f *publisherFilter) mixed() int {
	found, err := f.publishers()
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
