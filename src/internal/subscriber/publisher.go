package subscriber

import (
	"slices"
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
// Messages of Cyclone DDS identify their publisher by a number of the subscriber's process,
// which the graph does not have: rmw_cyclonedds_cpp fills [rclgo.MessageInfo] so. Such a
// publisher is one of those that were in the graph when its first message came, and is taken
// to have gone when it is silent and one of them has gone.
//
// All publishers are heard with middlewares whose messages lack the publisher's identifier.
type PublisherFilter struct {
	Publishers func() ([]rclgo.TopicEndpointInfo, error) // of the topic, as the graph has them

	kept       rclgo.GID   // as in its messages; zero before the first one
	candidates []rclgo.GID // as in the graph, one of which is that of kept
	settled    bool        // candidates is complete
	node       string      // full name of its node, as long as it is kept; "" while that is unknown
	asked      time.Time   // when the graph was asked for candidates and node
	began      time.Time   // arrival of its first message
	heard      time.Time   // arrival of its newest message
	others     map[rclgo.GID]bool
	emptied    time.Time // when others was emptied
}

// Hears reports whether a message of a publisher is heard.
func (f *PublisherFilter) Hears(publisher rclgo.GID, now time.Time) bool {
	if f.kept != publisher && f.kept != (rclgo.GID{}) && !f.follows(publisher, now) {
		return false
	}
	if f.kept != publisher {
		f.kept, f.candidates, f.settled, f.node, f.began, f.asked = publisher, nil, false, "", now, time.Time{}
	}
	unknown := !f.settled || f.node == "" && len(f.candidates) == 1
	if unknown && f.kept != (rclgo.GID{}) && now.Sub(f.asked) >= nameInterval {
		f.asked = now
		if found, err := f.Publishers(); err == nil {
			f.learn(found)
			f.settled = f.settled || now.Sub(f.began) >= respite
		}
	}
	f.heard = now
	return true
}

// learn finds the kept publisher, and the name of its node, among all publishers. The graph
// may know them later than the first message comes, and forgets them when the node has gone.
func (f *PublisherFilter) learn(publishers []rclgo.TopicEndpointInfo) {
	if f.node != "" || f.kept == (rclgo.GID{}) {
		return
	}
	if find(publishers, f.kept) != nil {
		f.candidates, f.settled = []rclgo.GID{f.kept}, true
	}
	for i := range publishers {
		if gid := publishers[i].EndpointGID; !f.settled && !slices.Contains(f.candidates, gid) {
			f.candidates = append(f.candidates, gid)
		}
	}
	if f.settled {
		f.node = f.commonName(publishers)
	}
}

// conclude is learn at the end, when those that are there have to do.
func (f *PublisherFilter) conclude(publishers []rclgo.TopicEndpointInfo) {
	f.learn(publishers)
	f.settled = true
	f.learn(publishers)
}

// commonName returns the full name of the node of all candidates, or "" if the graph does not
// have all, or they are of several nodes.
func (f *PublisherFilter) commonName(publishers []rclgo.TopicEndpointInfo) (name string) {
	for _, gid := range f.candidates {
		candidate := find(publishers, gid)
		if candidate == nil {
			return ""
		}
		its := nodeName(candidate)
		if its == "" || name != "" && its != name {
			return ""
		}
		name = its
	}
	return name
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
	if now.Sub(f.emptied) >= searchInterval {
		f.others, f.emptied = map[rclgo.GID]bool{}, now
	}
	if f.others[publisher] {
		return false
	}
	found, err := f.Publishers()
	if err != nil || f.gone(found, publisher, now.Sub(f.heard) >= respite) {
		return true
	}
	f.others[publisher] = true
	return false
}

// gone reports whether the kept publisher has gone, or its node was started anew, now that
// another one sends. silent is whether nothing of the kept one has come for the respite.
func (f *PublisherFilter) gone(found []rclgo.TopicEndpointInfo, publisher rclgo.GID, silent bool) bool {
	unknown := find(found, publisher) == nil
	var kept, others []*rclgo.TopicEndpointInfo // which the two may be
	for i := range found {
		switch gid := found[i].EndpointGID; {
		case gid == publisher:
			others = append(others, &found[i])
		case slices.Contains(f.candidates, gid):
			kept = append(kept, &found[i])
		case unknown:
			others = append(others, &found[i])
		}
	}
	switch {
	case len(kept) == 0:
		return true
	case !silent:
		return false
	case len(kept) < len(f.candidates):
		return true
	case len(found) == 1 && unknown && kept[0].EndpointGID != f.kept:
		return true // the only one that is left sends: the kept one went before it was looked for
	}
	return slices.ContainsFunc(others, func(other *rclgo.TopicEndpointInfo) bool {
		return slices.ContainsFunc(kept, func(kept *rclgo.TopicEndpointInfo) bool {
			return nodeName(kept) != "" && nodeName(kept) == nodeName(other)
		})
	})
}

// mixed returns the number of publishers that are heard and cannot be told apart: none if
// messages identify their publisher.
func (f *PublisherFilter) mixed() int {
	if f.kept != (rclgo.GID{}) {
		return 0
	}
	found, err := f.Publishers()
	if err != nil {
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
